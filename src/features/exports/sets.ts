import { type RawBuilder, sql } from 'kysely';
import { type Column, json, money, percent, plain, tenths, text, time, yesNo } from './cells.js';

/** One file: its columns, and a page of its rows behind a key. */
export interface Set {
  title: string;
  /** What is in it, for whoever chooses. */
  about: string;
  columns: Column[];
  /** Rows in the order of their `id`, those after `after`. */
  rows(shop: number, after: number, limit: number): RawBuilder<Record<string, unknown> & { id: number }>;
}

/** The currency that an order was written in; before its first line, the shop's. */
const CURRENCY = sql`coalesce(w.terms ->> 'currency', (select b.currency from billing_settings b where b.shop_id = w.shop_id))`;
const ORDER = plain('Work order', 'number');
const currency = plain('Currency', 'currency');

const customers: Set = {
  title: 'Customers',
  about: 'Persons and companies with phone, e-mail, addresses and notes',
  columns: [
    ...[
      plain('Id', 'id'),
      text('Name', 'name'),
      text('Company', 'company'),
      plain('Kind', 'kind'),
      text('Phone', 'phone'),
      text('E-mail', 'email'),
    ],
    ...[
      text('Address', 'address'),
      text('Billing address', 'billing_address'),
      text('Notes', 'notes'),
      yesNo('PO required', 'po_required'),
    ],
    ...[yesNo('On account', 'on_account'), text('Tax certificate', 'tax_certificate'), plain('Bill to id', 'bill_to_id')],
    ...[plain('Merged into id', 'merged_into_id'), time('Created at', 'created_at')],
  ],
  rows: (shop, after, limit) => sql`
    select id, name, company, kind, phone, email, address, billing_address, notes, po_required, on_account, tax_certificate, bill_to_id,
      merged_into_id, created_at
    from customers where shop_id = ${shop} and id > ${after} order by id limit ${limit}`,
};

const contacts: Set = {
  title: 'Contacts',
  about: 'Further people of a customer',
  columns: [
    ...[plain('Id', 'id'), plain('Customer id', 'customer_id'), text('Customer', 'customer'), text('Name', 'name'), text('Role', 'role')],
    ...[text('Phone', 'phone'), text('E-mail', 'email')],
  ],
  rows: (shop, after, limit) => sql`
    select k.id, k.customer_id, coalesce(nullif(c.company, ''), c.name) as customer, k.name, k.role, k.phone, k.email
    from contacts k join customers c on c.shop_id = k.shop_id and c.id = k.customer_id
    where k.shop_id = ${shop} and k.id > ${after} order by k.id limit ${limit}`,
};

const vehicles: Set = {
  title: 'Vehicles',
  about: 'Vehicles and equipment with their owners',
  columns: [
    ...[plain('Id', 'id'), plain('Customer id', 'customer_id'), text('Owner phone', 'owner_phone'), text('Owner e-mail', 'owner_email')],
    ...[
      text('Owner name', 'owner_name'),
      text('Description', 'description'),
      text('Plate', 'plate'),
      text('VIN', 'vin'),
      plain('Year', 'year'),
    ],
    ...[text('Make', 'make'), text('Model', 'model'), text('Engine', 'engine'), text('Color', 'color'), text('Unit number', 'unit_number')],
    ...[
      text('Serial number', 'serial'),
      plain('Kind', 'kind'),
      plain('Type', 'type'),
      plain('Meter unit', 'meter_unit'),
      text('Notes', 'notes'),
    ],
    ...[plain('Merged into id', 'merged_into_id'), time('Created at', 'created_at')],
  ],
  rows: (shop, after, limit) => sql`
    select v.id, v.customer_id, c.phone as owner_phone, c.email as owner_email, coalesce(nullif(c.company, ''), c.name) as owner_name,
      v.description, v.plate, v.vin, v.year, v.make, v.model, v.engine, v.color, v.unit_number, v.serial, v.kind, v.type, v.notes, v.merged_into_id,
      v.created_at, m.unit as meter_unit
    from vehicles v join customers c on c.shop_id = v.shop_id and c.id = v.customer_id
    left join lateral (select unit from meters where shop_id = v.shop_id and vehicle_id = v.id order by position, id limit 1) m on true
    where v.shop_id = ${shop} and v.id > ${after} order by v.id limit ${limit}`,
};

const meterReadings: Set = {
  title: 'Meter readings',
  about: 'Odometers and hour meters, in and out, by visit',
  columns: [
    ...[plain('Id', 'id'), plain('Vehicle id', 'vehicle_id'), text('Plate', 'plate'), text('VIN', 'vin'), text('Meter', 'meter')],
    ...[plain('Unit', 'unit'), tenths('Reading', 'tenths'), plain('In or out', 'moment'), ORDER, time('At', 'at')],
  ],
  rows: (shop, after, limit) => sql`
    select r.id, m.vehicle_id, v.plate, v.vin, m.name as meter, m.unit, r.tenths, r.moment, w.number, r.at
    from meter_readings r join meters m on m.shop_id = r.shop_id and m.id = r.meter_id
    join vehicles v on v.shop_id = m.shop_id and v.id = m.vehicle_id
    join work_orders w on w.shop_id = r.shop_id and w.id = r.work_order_id
    where r.shop_id = ${shop} and r.id > ${after} order by r.id limit ${limit}`,
};

const workOrders: Set = {
  title: 'Work orders',
  about: 'Every visit with its sums, from estimate to posted invoice',
  columns: [
    ...[ORDER, plain('Document', 'document'), plain('Invoice number', 'invoice_number'), plain('Customer id', 'customer_id')],
    ...[text('Customer', 'customer'), plain('Bill to id', 'bill_to_id'), plain('Vehicle id', 'vehicle_id'), text('Vehicle', 'vehicle')],
    ...[
      text('Plate', 'plate'),
      text('Concern', 'concern'),
      text('Column', 'stage'),
      text('Mechanic', 'mechanic'),
      text('Advisor', 'advisor'),
    ],
    ...[text('PO number', 'po_number'), text('Tag', 'tag'), text('Internal note', 'internal_note'), time('Created at', 'created_at')],
    ...[time('Promised at', 'promised_at'), time('Invoiced at', 'invoiced_at'), time('Posted at', 'posted_at')],
    ...[time('Handed over at', 'handed_over_at'), money('Subtotal', 'subtotal_cents'), money('Tax', 'tax_cents')],
    ...[money('Total', 'total_cents'), money('Paid', 'paid_cents'), currency],
  ],
  rows: (shop, after, limit) => sql`
    select w.id, w.number, w.document, w.invoice_number, w.customer_id, coalesce(nullif(c.company, ''), c.name) as customer, w.bill_to_id,
      w.vehicle_id, v.description as vehicle, v.plate, w.concern, s.name as stage, mechanic.name as mechanic, advisor.name as advisor,
      w.po_number, w.tag, w.internal_note, w.created_at, w.promised_at, w.invoiced_at, w.posted_at, w.handed_over_at, w.subtotal_cents,
      w.tax_cents, w.total_cents, w.paid_cents, ${CURRENCY} as currency
    from work_orders w join customers c on c.shop_id = w.shop_id and c.id = w.customer_id
    join vehicles v on v.shop_id = w.shop_id and v.id = w.vehicle_id
    join columns s on s.shop_id = w.shop_id and s.id = w.column_id
    left join staff mechanic on mechanic.id = w.mechanic_id left join staff advisor on advisor.id = w.advisor_id
    where w.shop_id = ${shop} and w.id > ${after} order by w.id limit ${limit}`,
};

const jobs: Set = {
  title: 'Jobs',
  about: 'Concern, cause, correction, consent and progress of each job',
  columns: [
    ...[plain('Id', 'id'), ORDER, plain('Position', 'position'), text('Name', 'name'), text('Concern', 'concern'), text('Cause', 'cause')],
    ...[
      text('Correction', 'correction'),
      text('Internal note', 'internal_note'),
      plain('Pay type', 'pay_type'),
      text('Mechanic', 'mechanic'),
    ],
    ...[plain('Progress', 'progress'), plain('Consent', 'consent'), text('Reason', 'consent_reason'), time('Answered at', 'consent_at')],
    ...[
      money('Approved', 'approved_cents'),
      currency,
      plain('Choice', 'choice'),
      text('Choice name', 'choice_name'),
      yesNo('Picked', 'picked'),
    ],
    ...[money('Clocked hours', 'clocked_hundredths')],
  ],
  rows: (shop, after, limit) => sql`
    select j.id, w.number, j.position, j.name, j.concern, j.cause, j.correction, j.internal_note, j.pay_type, s.name as mechanic, j.progress,
      j.consent, j.consent_reason, j.consent_at, j.approved_cents, ${CURRENCY} as currency, j.choice, j.choice_name, j.picked, j.clocked_hundredths
    from jobs j join work_orders w on w.shop_id = j.shop_id and w.id = j.work_order_id left join staff s on s.id = j.mechanic_id
    where j.shop_id = ${shop} and j.id > ${after} order by j.id limit ${limit}`,
};

const lines: Set = {
  title: 'Lines',
  about: 'Labor, parts, tires, sublet work, fees, cores and discounts',
  columns: [
    ...[plain('Id', 'id'), ORDER, plain('Job id', 'job_id'), plain('Position', 'position'), plain('Kind', 'kind')],
    ...[text('Description', 'description'), text('Part number', 'part_number'), plain('Condition', 'condition')],
    ...[money('Quantity or hours', 'quantity'), money('Price', 'price_cents'), money('Cost', 'cost_cents'), currency],
    ...[yesNo('Price by hand', 'price_by_hand'), percent('Discount percent', 'discount_ppm'), json('Taxes', 'taxes')],
    ...[money('Flat-rate hours', 'flat_quantity'), text('Vendor', 'vendor'), text('Vendor invoice', 'vendor_invoice')],
    ...[plain('Core of line id', 'core_of_id'), plain('Core state', 'core_state')],
  ],
  rows: (shop, after, limit) => sql`
    select l.id, w.number, l.job_id, l.position, l.kind, l.description, l.part_number, l.condition, l.quantity, l.price_cents, l.cost_cents,
      ${CURRENCY} as currency, l.price_by_hand, l.discount_ppm, l.taxes, l.flat_quantity, l.vendor, l.vendor_invoice, l.core_of_id, l.core_state
    from lines l join work_orders w on w.shop_id = l.shop_id and w.id = l.work_order_id
    where l.shop_id = ${shop} and l.id > ${after} order by l.id limit ${limit}`,
};

const payments: Set = {
  title: 'Payments',
  about: 'Deposits, payments and refunds',
  columns: [
    ...[
      plain('Id', 'id'),
      ORDER,
      plain('Kind', 'kind'),
      plain('Method', 'method'),
      money('Amount', 'cents'),
      money('Handed over', 'tendered_cents'),
    ],
    ...[
      currency,
      text('Reference', 'reference'),
      text('Note', 'note'),
      plain('Refund of id', 'refund_of_id'),
      text('Taken by', 'taken_by'),
    ],
    ...[time('At', 'at'), plain('Till close id', 'till_close_id')],
  ],
  rows: (shop, after, limit) => sql`
    select p.id, w.number, p.kind, p.method, p.cents, p.tendered_cents, ${CURRENCY} as currency, p.reference, p.note, p.refund_of_id,
      s.name as taken_by, p.at, p.till_close_id
    from payments p join work_orders w on w.shop_id = p.shop_id and w.id = p.work_order_id join staff s on s.id = p.taken_by
    where p.shop_id = ${shop} and p.id > ${after} order by p.id limit ${limit}`,
};

const authorizations: Set = {
  title: 'Authorizations',
  about: 'What customers approved or declined, when, how and to whom',
  columns: [
    ...[plain('Id', 'id'), ORDER, plain('Estimate revision', 'revision'), plain('Method', 'method'), text('Given by', 'given_by')],
    ...[text('Phone', 'phone'), text('Note', 'note'), text('Taken by', 'taken_by'), time('At', 'at'), json('Decisions', 'decisions')],
    ...[money('Authorized', 'authorized_cents'), money('Authorized before tax', 'authorized_before_tax_cents'), currency],
  ],
  rows: (shop, after, limit) => sql`
    select a.id, w.number, r.number as revision, a.method, a.given_by, a.phone, a.note, coalesce(s.name, '') as taken_by, a.at, a.decisions,
      a.authorized_cents, a.authorized_before_tax_cents, ${CURRENCY} as currency
    from authorizations a join work_orders w on w.shop_id = a.shop_id and w.id = a.work_order_id
    join estimate_revisions r on r.shop_id = a.shop_id and r.id = a.revision_id left join staff s on s.id = a.taken_by
    where a.shop_id = ${shop} and a.id > ${after} order by a.id limit ${limit}`,
};

const parts: Set = {
  title: 'Parts list',
  about: 'Parts by number, with cost and price',
  columns: [
    ...[
      plain('Id', 'id'),
      text('Part number', 'number'),
      text('Maker', 'maker'),
      text('Description', 'description'),
      money('Cost', 'cost_cents'),
    ],
    ...[money('Price', 'price_cents'), currency, time('Archived at', 'archived_at')],
  ],
  rows: (shop, after, limit) => sql`
    select p.id, p.number, p.maker, p.description, p.cost_cents, p.price_cents, b.currency, p.archived_at
    from parts p join billing_settings b on b.shop_id = p.shop_id
    where p.shop_id = ${shop} and p.id > ${after} order by p.id limit ${limit}`,
};

const comments: Set = {
  title: 'Comments',
  about: 'What people wrote beside the work',
  columns: [
    plain('Id', 'id'),
    ORDER,
    text('Author', 'author'),
    text('Text', 'text'),
    time('At', 'created_at'),
    time('Changed at', 'edited_at'),
  ],
  rows: (shop, after, limit) => sql`
    select k.id, w.number, s.name as author, k.text, k.created_at, k.edited_at
    from comments k join work_orders w on w.shop_id = k.shop_id and w.id = k.work_order_id join staff s on s.id = k.author_id
    where k.shop_id = ${shop} and k.id > ${after} order by k.id limit ${limit}`,
};

/** Everything that a shop can take with it, by the name of its file. */
export const SETS = {
  ...{ customers, contacts, vehicles, 'meter-readings': meterReadings, 'work-orders': workOrders, jobs, lines, payments },
  ...{ authorizations, parts, comments },
} satisfies Record<string, Set>;
export type SetName = keyof typeof SETS;
