-- What a work order is about: customers and vehicles in full, jobs and lines with money, consent, invoices, payments.
-- Money is integer cents, quantities and hours are integer hundredths, rates are parts per million (7.25 % = 72500).

create extension if not exists pg_trgm;

-- Rates and rules ---------------------------------------------------------------------------------------------------

create table labor_rates (
  shop_id bigint not null references shops,
  id bigint generated always as identity,
  name text not null check (name <> ''),
  cents_per_hour bigint not null check (cents_per_hour between 0 and 10000000),
  is_default boolean not null default false,
  archived_at timestamptz,
  primary key (shop_id, id)
);
create unique index labor_rates_default on labor_rates (shop_id) where is_default and archived_at is null;

create table tax_rates (
  shop_id bigint not null references shops,
  id bigint generated always as identity,
  name text not null check (name <> ''),
  ppm integer not null check (ppm between 0 and 1000000),
  -- What is taxed by it: labor, part, tire, sublet, fee, core, supplies.
  categories text[] not null default '{}',
  position integer not null default 0,
  archived_at timestamptz,
  primary key (shop_id, id)
);

create table fees (
  shop_id bigint not null references shops,
  id bigint generated always as identity,
  name text not null check (name <> ''),
  cents bigint not null check (cents between 0 and 100000000),
  -- Taxed like other fees; a fee that the law demands is often outside tax.
  taxable boolean not null default false,
  -- The sentence that the law wants beside it.
  legal_text text not null default '',
  -- Added by itself, once for each: tire or none.
  each_of text check (each_of in ('tire')),
  archived_at timestamptz,
  primary key (shop_id, id)
);

create table price_matrices (
  shop_id bigint not null references shops,
  id bigint generated always as identity,
  name text not null check (name <> ''),
  kind text not null check (kind in ('part', 'tire')),
  basis text not null check (basis in ('multiplier', 'margin')),
  -- Half-open bands of cost: [{"from": cents, "ppm": 2000000}], rising, the first from 0.
  bands jsonb not null default '[]',
  is_default boolean not null default false,
  archived_at timestamptz,
  primary key (shop_id, id)
);
create unique index price_matrices_default on price_matrices (shop_id, kind) where is_default and archived_at is null;

-- When more than was authorized needs consent again (16 CCR 3354, Fla. Stat. 559.909, RCW 46.71.025, …).
create table jurisdictions (
  shop_id bigint not null references shops,
  id bigint generated always as identity,
  name text not null check (name <> ''),
  -- none: nothing over what was authorized; percent: ppm of it; greater, lesser: of ppm and min_cents.
  threshold text not null default 'none' check (threshold in ('none', 'percent', 'greater', 'lesser')),
  ppm integer not null default 0 check (ppm between 0 and 1000000),
  min_cents bigint not null default 0 check (min_cents >= 0),
  cap_cents bigint check (cap_cents >= 0),
  -- Whether the threshold looks at the sum before tax (Washington) or with it.
  before_tax boolean not null default false,
  supplies_allowed boolean not null default true,
  supplies_text text not null default '',
  estimate_text text not null default '',
  invoice_text text not null default '',
  is_active boolean not null default false,
  primary key (shop_id, id)
);
create unique index jurisdictions_active on jurisdictions (shop_id) where is_active;

-- One row per shop: what stands on its paper, and how it charges.
create table billing_settings (
  shop_id bigint not null primary key references shops,
  currency text not null default 'USD' check (currency ~ '^[A-Z]{3}$'),
  prices_include_tax boolean not null default false,
  -- One price for a job, its parts and labor not told apart: no tax is collected (Texas lump sum).
  lump_sum boolean not null default false,
  -- Whether a card may come into an active column only with a job that is authorized.
  work_needs_consent boolean not null default true,
  supplies_base text not null default 'none' check (supplies_base in ('none', 'labor', 'part', 'both')),
  supplies_ppm integer not null default 0 check (supplies_ppm between 0 and 1000000),
  supplies_flat_cents bigint not null default 0 check (supplies_flat_cents >= 0),
  supplies_cap_cents bigint check (supplies_cap_cents >= 0),
  supplies_name text not null default 'Shop supplies',
  -- Highest discount of a job that each role may give.
  advisor_discount_ppm integer not null default 100000 check (advisor_discount_ppm between 0 and 1000000),
  manager_discount_ppm integer not null default 1000000 check (manager_discount_ppm between 0 and 1000000),
  invoice_prefix text not null default '',
  address text not null default '',
  phone text not null default '',
  email text not null default '',
  website text not null default '',
  registration text not null default '',
  estimate_text text not null default '',
  repair_order_text text not null default '',
  invoice_text text not null default '',
  paper text not null default 'letter' check (paper in ('letter', 'a4')),
  logo bytea,
  logo_type text check (logo_type in ('image/png', 'image/jpeg'))
);

alter table shops add column next_invoice_number bigint not null default 1001;

create table canned_jobs (
  shop_id bigint not null references shops,
  id bigint generated always as identity,
  name text not null check (name <> ''),
  concern text not null default '',
  cause text not null default '',
  correction text not null default '',
  -- Its lines as they are typed: [{"kind", "description", "partNumber", "quantity", "price", "cost", …}].
  lines jsonb not null default '[]',
  archived_at timestamptz,
  primary key (shop_id, id)
);

-- Customers and vehicles -----------------------------------------------------------------------------------------------

-- A name as it is searched: in lower case, without accents, and with the bytes of other scripts written as figures, because
-- pg_trgm sees letters only as far as the locale of the database does.
create function search_words(name text) returns text language sql immutable strict parallel safe as $$
  select replace(encode(convert_to(regexp_replace(normalize(lower(name), nfkd), '[\u0300-\u036f]', '', 'g'), 'UTF8'), 'escape'), '\', '')
$$;

alter table customers
  add column kind text not null default 'person' check (kind in ('person', 'company')),
  add column address text not null default '',
  add column billing_address text not null default '',
  -- Never shown to a customer.
  add column notes text not null default '',
  -- Who pays, when somebody else does.
  add column bill_to_id bigint,
  add column po_required boolean not null default false,
  add column on_account boolean not null default false,
  add column tax_exempt boolean not null default false,
  add column tax_certificate text not null default '',
  add column labor_rate_id bigint,
  add column price_matrix_id bigint,
  -- Set when this was a duplicate; everything of it then belongs to that one.
  add column merged_into_id bigint,
  add foreign key (shop_id, bill_to_id) references customers (shop_id, id),
  add foreign key (shop_id, labor_rate_id) references labor_rates (shop_id, id),
  add foreign key (shop_id, price_matrix_id) references price_matrices (shop_id, id),
  add foreign key (shop_id, merged_into_id) references customers (shop_id, id),
  add check (not tax_exempt or tax_certificate <> '');
update customers set kind = 'company' where company <> '';
create index customers_bill_to on customers (shop_id, bill_to_id) where bill_to_id is not null;
create index customers_name on customers (shop_id, lower(case when company <> '' then company else name end), id) where merged_into_id is null;
alter table customers add column search_words text not null generated always as (search_words(name || ' ' || company)) stored;
create index customers_name_trigrams on customers using gin (search_words gin_trgm_ops) where merged_into_id is null;
create index customers_phone_trigrams on customers using gin (phone_digits gin_trgm_ops) where phone_digits <> '';

-- Further people of a customer, or further numbers of a person.
create table contacts (
  shop_id bigint not null references shops,
  id bigint generated always as identity,
  customer_id bigint not null,
  name text not null check (name <> ''),
  role text not null default '',
  phone text not null default '',
  phone_digits text not null generated always as (regexp_replace(phone, '[^0-9]', '', 'g')) stored,
  email text not null default '',
  search_words text not null generated always as (search_words(name)) stored,
  primary key (shop_id, id),
  foreign key (shop_id, customer_id) references customers (shop_id, id)
);
create index contacts_customer on contacts (shop_id, customer_id);
create index contacts_phone_trigrams on contacts using gin (phone_digits gin_trgm_ops) where phone_digits <> '';
create index contacts_name_trigrams on contacts using gin (search_words gin_trgm_ops);

alter table vehicles
  add column kind text not null default 'road' check (kind in ('road', 'equipment')),
  add column make text not null default '',
  add column model text not null default '',
  add column year integer check (year between 1880 and 2200),
  add column engine text not null default '',
  add column color text not null default '',
  add column unit_number text not null default '',
  add column serial text not null default '',
  add column vin_key text not null generated always as (upper(regexp_replace(vin, '[^0-9A-Za-z]', '', 'g'))) stored,
  add column labor_rate_id bigint,
  add column notes text not null default '',
  add column merged_into_id bigint,
  add foreign key (shop_id, labor_rate_id) references labor_rates (shop_id, id),
  add foreign key (shop_id, merged_into_id) references vehicles (shop_id, id);
create index vehicles_vin_end on vehicles (shop_id, right(vin_key, 8)) where vin_key <> '';
create index vehicles_unit_number on vehicles (shop_id, upper(unit_number)) where unit_number <> '';
create index vehicles_serial on vehicles (shop_id, upper(serial)) where serial <> '';
create index vehicles_plate_trigrams on vehicles using gin (plate_key gin_trgm_ops) where plate_key <> '';

-- Who owned a vehicle before its owner of now; visits keep the customer they were for.
create table former_owners (
  shop_id bigint not null references shops,
  id bigint generated always as identity,
  vehicle_id bigint not null,
  customer_id bigint not null,
  until timestamptz not null,
  primary key (shop_id, id),
  foreign key (shop_id, vehicle_id) references vehicles (shop_id, id),
  foreign key (shop_id, customer_id) references customers (shop_id, id)
);
create index former_owners_vehicle on former_owners (shop_id, vehicle_id);

-- An odometer, or one of several hour meters. The first one of a vehicle is read at each visit.
create table meters (
  shop_id bigint not null references shops,
  id bigint generated always as identity,
  vehicle_id bigint not null,
  name text not null check (name <> ''),
  unit text not null check (unit in ('mi', 'km', 'h')),
  position integer not null default 0,
  primary key (shop_id, id),
  foreign key (shop_id, vehicle_id) references vehicles (shop_id, id)
);
create index meters_vehicle on meters (shop_id, vehicle_id);

create table meter_readings (
  shop_id bigint not null references shops,
  id bigint generated always as identity,
  meter_id bigint not null,
  work_order_id bigint not null,
  moment text not null check (moment in ('in', 'out')),
  -- Tenths of the meter's unit.
  tenths bigint not null check (tenths between 0 and 999999999),
  at timestamptz not null,
  primary key (shop_id, id),
  unique (shop_id, meter_id, work_order_id, moment),
  foreign key (shop_id, meter_id) references meters (shop_id, id),
  foreign key (shop_id, work_order_id) references work_orders (shop_id, id)
);
create index meter_readings_order on meter_readings (shop_id, work_order_id);

-- Work orders, jobs, lines ---------------------------------------------------------------------------------------------

alter table work_orders
  add column document text not null default 'estimate' check (document in ('estimate', 'repair-order', 'invoice', 'posted')),
  -- Who pays, when it is not the customer.
  add column bill_to_id bigint,
  add column po_number text not null default '',
  add column tag text not null default '',
  add column labor_rate_id bigint,
  -- Never shown to a customer.
  add column internal_note text not null default '',
  -- The shop's terms as they were when the first line was written; see features/billing/terms.ts.
  add column terms jsonb,
  add column invoice_number bigint,
  add column invoiced_at timestamptz,
  add column posted_at timestamptz,
  -- Kept by settle() in features/billing/settle.ts, with every change of a line.
  add column subtotal_cents bigint not null default 0,
  add column tax_cents bigint not null default 0,
  add column total_cents bigint not null default 0,
  add column paid_cents bigint not null default 0,
  add foreign key (shop_id, bill_to_id) references customers (shop_id, id),
  add foreign key (shop_id, labor_rate_id) references labor_rates (shop_id, id),
  add unique (shop_id, invoice_number),
  add check ((document in ('invoice', 'posted')) <= (invoice_number is not null)),
  add check ((document = 'posted') = (posted_at is not null));
create index work_orders_owed on work_orders (shop_id, posted_at) where document = 'posted' and total_cents > paid_cents;
create index work_orders_number on work_orders (shop_id, number desc);
-- The visits of a fleet are read a page at a time, the latest first.
drop index work_orders_customer, work_orders_vehicle;
create index work_orders_customer on work_orders (shop_id, customer_id, id);
create index work_orders_vehicle on work_orders (shop_id, vehicle_id, id);

create table jobs (
  shop_id bigint not null references shops,
  id bigint generated always as identity,
  work_order_id bigint not null,
  position integer not null,
  name text not null check (name <> ''),
  concern text not null default '',
  cause text not null default '',
  correction text not null default '',
  -- Never shown to a customer.
  internal_note text not null default '',
  pay_type text not null default 'customer' check (pay_type in ('customer', 'warranty', 'internal', 'comeback')),
  mechanic_id bigint,
  progress text not null default 'pending' check (progress in ('pending', 'in-progress', 'on-hold', 'complete')),
  consent text not null default 'proposed' check (consent in ('proposed', 'approved', 'declined', 'deferred', 'revised')),
  consent_reason text not null default '',
  consent_at timestamptz,
  -- What was approved of it, tax included; a revised job keeps it until it is asked for again.
  approved_cents bigint,
  -- Jobs with the same number are alternatives (good, better, best); the picked one counts.
  choice integer,
  choice_name text not null default '',
  picked boolean not null default true,
  supplies boolean not null default true,
  -- Clocked by hand until there is a clock; apart from the flat-rate hours of its lines.
  clocked_hundredths integer not null default 0 check (clocked_hundredths between 0 and 1000000),
  -- The deferred or declined job of an earlier visit that this one brings back.
  brought_from_id bigint,
  created_at timestamptz not null default now(),
  primary key (shop_id, id),
  unique (shop_id, work_order_id, position) deferrable initially deferred,
  foreign key (shop_id, work_order_id) references work_orders (shop_id, id),
  foreign key (shop_id, mechanic_id) references memberships (shop_id, staff_id),
  foreign key (shop_id, brought_from_id) references jobs (shop_id, id)
);
create unique index jobs_picked on jobs (shop_id, work_order_id, choice) where choice is not null and picked;
create index jobs_brought_from on jobs (shop_id, brought_from_id) where brought_from_id is not null;

create table lines (
  shop_id bigint not null references shops,
  id bigint generated always as identity,
  work_order_id bigint not null,
  -- NULL: of the whole order (a fee or a discount).
  job_id bigint,
  position integer not null,
  kind text not null check (kind in ('labor', 'part', 'tire', 'sublet', 'fee', 'core', 'discount')),
  description text not null check (description <> ''),
  -- Hours of labor, pieces, litres: hundredths.
  quantity bigint not null default 100 check (quantity between -100000000 and 100000000),
  -- Cents for one; of labor for an hour. A discount in cents is positive here.
  price_cents bigint not null default 0 check (price_cents between 0 and 100000000000),
  cost_cents bigint not null default 0 check (cost_cents between 0 and 100000000000),
  -- Typed by a person: no matrix or rate touches it.
  price_by_hand boolean not null default false,
  -- A discount of so much of what it stands under, instead of price_cents.
  discount_ppm integer check (discount_ppm between 0 and 1000000),
  -- Frozen when the line was written: [{"id", "name", "ppm"}].
  taxes jsonb not null default '[]',
  -- A person said so, against the categories of the rates.
  tax_override text check (tax_override in ('taxed', 'untaxed')),
  part_number text not null default '',
  condition text check (condition in ('new', 'used', 'rebuilt', 'reconditioned', 'oem-crash', 'non-oem')),
  -- Of labor: the book's hours, which pay the mechanic; hundredths.
  flat_quantity bigint check (flat_quantity between 0 and 100000000),
  labor_rate_id bigint,
  vendor text not null default '',
  vendor_invoice text not null default '',
  fee_id bigint,
  legal_text text not null default '',
  -- A core belongs to its part and goes with it.
  core_of_id bigint,
  core_state text check (core_state in ('owed', 'received', 'not-returnable', 'returned', 'credited')),
  primary key (shop_id, id),
  -- Deleted with their job by the program, so that each deletion is told.
  foreign key (shop_id, work_order_id) references work_orders (shop_id, id),
  foreign key (shop_id, job_id) references jobs (shop_id, id),
  foreign key (shop_id, labor_rate_id) references labor_rates (shop_id, id),
  foreign key (shop_id, fee_id) references fees (shop_id, id),
  foreign key (shop_id, core_of_id) references lines (shop_id, id) on delete cascade,
  check (job_id is not null or kind in ('fee', 'discount')),
  check ((kind = 'core') = (core_of_id is not null)),
  check ((kind = 'core') = (core_state is not null)),
  check (discount_ppm is null or kind = 'discount')
);
create index lines_work_order on lines (shop_id, work_order_id, position);
create index lines_job on lines (shop_id, job_id);
create index lines_core on lines (shop_id, core_of_id) where core_of_id is not null;

-- Consent and documents ------------------------------------------------------------------------------------------------

-- What the customer was shown: whole and frozen.
create table estimate_revisions (
  shop_id bigint not null references shops,
  id bigint generated always as identity,
  work_order_id bigint not null,
  number integer not null,
  at timestamptz not null,
  made_by bigint,
  why text not null check (why in ('sent', 'approved', 'posted')),
  content jsonb not null,
  total_cents bigint not null,
  sha256 bytea not null,
  primary key (shop_id, id),
  unique (shop_id, work_order_id, number),
  foreign key (shop_id, work_order_id) references work_orders (shop_id, id)
);

-- What the customer answered, and how; append-only.
create table authorizations (
  shop_id bigint not null references shops,
  id bigint generated always as identity,
  work_order_id bigint not null,
  revision_id bigint not null,
  method text not null check (method in ('in-person', 'phone', 'email', 'text')),
  given_by text not null check (given_by <> ''),
  phone text not null default '',
  note text not null default '',
  taken_by bigint not null,
  at timestamptz not null,
  -- [{"job", "decision", "reason", "cents"}]
  decisions jsonb not null,
  -- All that is authorized from here on, tax included, and the same before tax.
  authorized_cents bigint not null check (authorized_cents >= 0),
  authorized_before_tax_cents bigint not null check (authorized_before_tax_cents >= 0),
  primary key (shop_id, id),
  foreign key (shop_id, work_order_id) references work_orders (shop_id, id),
  foreign key (shop_id, revision_id) references estimate_revisions (shop_id, id),
  foreign key (shop_id, taken_by) references memberships (shop_id, staff_id)
);
create index authorizations_order on authorizations (shop_id, work_order_id, id);

create function refuse_rewriting() returns trigger language plpgsql as $$
begin
  raise exception '% is never changed or removed', tg_table_name;
end $$;
create trigger estimate_revisions_are_final before update or delete on estimate_revisions for each row execute function refuse_rewriting();
create trigger authorizations_are_final before update or delete on authorizations for each row execute function refuse_rewriting();

-- The ceiling of an order: what was authorized, and what its jurisdiction allows above it. The same rule as ceiling() in
-- features/billing/rules.ts; here, so that no program can post an invoice above it.
create function authorization_ceiling(authorized bigint, rule jsonb) returns bigint language sql immutable as $$
  select authorized + least(
    case coalesce(rule ->> 'threshold', 'none')
      when 'percent' then floor(authorized::numeric * (rule ->> 'ppm')::numeric / 1000000)
      when 'greater' then greatest(floor(authorized::numeric * (rule ->> 'ppm')::numeric / 1000000), (rule ->> 'minCents')::numeric)
      when 'lesser' then least(floor(authorized::numeric * (rule ->> 'ppm')::numeric / 1000000), (rule ->> 'minCents')::numeric)
      else 0
    end,
    coalesce((rule ->> 'capCents')::numeric, 'infinity'::numeric))::bigint
$$;

create function keep_to_the_ceiling() returns trigger language plpgsql as $$
declare
  given record;
  rule jsonb := coalesce(new.terms -> 'jurisdiction', '{}');
  charged bigint;
begin
  select authorized_cents, authorized_before_tax_cents into given from authorizations
    where shop_id = new.shop_id and work_order_id = new.id order by id desc limit 1;
  if coalesce((rule ->> 'beforeTax')::boolean, false) then
    charged := new.total_cents - new.tax_cents;
    if charged > authorization_ceiling(coalesce(given.authorized_before_tax_cents, 0), rule) then
      raise exception 'work order % is above what its customer has authorized', new.number using errcode = 'check_violation', constraint = 'authorized';
    end if;
  elsif new.total_cents > authorization_ceiling(coalesce(given.authorized_cents, 0), rule) then
    raise exception 'work order % is above what its customer has authorized', new.number using errcode = 'check_violation', constraint = 'authorized';
  end if;
  return new;
end $$;
create trigger work_orders_ceiling before insert or update of document, total_cents, terms on work_orders
  for each row when (new.document = 'posted') execute function keep_to_the_ceiling();

-- A posted invoice does not change: neither its sums nor its lines.
create function keep_posted() returns trigger language plpgsql as $$
begin
  if exists (
    select from work_orders w where w.document = 'posted' and w.shop_id = coalesce(new.shop_id, old.shop_id)
      and w.id in (coalesce(new.work_order_id, old.work_order_id), coalesce(old.work_order_id, new.work_order_id))
  ) then
    raise exception 'a posted invoice does not change' using errcode = 'check_violation', constraint = 'posted';
  end if;
  return coalesce(new, old);
end $$;
create trigger lines_of_posted before insert or update or delete on lines for each row execute function keep_posted();

create trigger jobs_of_posted before insert or delete on jobs for each row execute function keep_posted();
-- What its paper says and what its sums and consent follow from; whose hands it was in may still be written down.
create trigger changed_jobs_of_posted before update on jobs for each row
  when ((old.shop_id, old.work_order_id, old.name, old.concern, old.cause, old.correction, old.pay_type, old.consent, old.approved_cents,
      old.choice, old.picked, old.supplies)
    is distinct from (new.shop_id, new.work_order_id, new.name, new.concern, new.cause, new.correction, new.pay_type, new.consent,
      new.approved_cents, new.choice, new.picked, new.supplies))
  execute function keep_posted();

create function keep_posted_sums() returns trigger language plpgsql as $$
begin
  raise exception 'a posted invoice does not change' using errcode = 'check_violation', constraint = 'posted';
end $$;
create trigger work_orders_posted before update on work_orders for each row
  when (old.document = 'posted' and new.document = 'posted' and (
    (old.terms, old.invoice_number, old.subtotal_cents, old.tax_cents, old.total_cents)
    is distinct from (new.terms, new.invoice_number, new.subtotal_cents, new.tax_cents, new.total_cents)))
  execute function keep_posted_sums();

-- Payments -------------------------------------------------------------------------------------------------------------

create table till_closes (
  shop_id bigint not null references shops,
  id bigint generated always as identity,
  at timestamptz not null,
  closed_by bigint not null,
  -- Per method, cents: {"cash": {"expected", "counted"}}.
  sums jsonb not null,
  note text not null default '',
  primary key (shop_id, id),
  foreign key (shop_id, closed_by) references memberships (shop_id, staff_id)
);

-- Money that came in (positive) or went back (negative); append-only but for the till that counted it.
create table payments (
  shop_id bigint not null references shops,
  id bigint generated always as identity,
  work_order_id bigint not null,
  kind text not null check (kind in ('deposit', 'payment', 'refund')),
  method text not null check (method in ('cash', 'card', 'check', 'transfer', 'other')),
  cents bigint not null check (cents <> 0 and (cents < 0) = (kind = 'refund')),
  -- Cash that was handed over; the change is what it is more than cents.
  tendered_cents bigint check (tendered_cents >= cents),
  reference text not null default '',
  note text not null default '',
  refund_of_id bigint,
  taken_by bigint not null,
  at timestamptz not null,
  till_close_id bigint,
  primary key (shop_id, id),
  foreign key (shop_id, work_order_id) references work_orders (shop_id, id),
  foreign key (shop_id, refund_of_id) references payments (shop_id, id),
  foreign key (shop_id, taken_by) references memberships (shop_id, staff_id),
  foreign key (shop_id, till_close_id) references till_closes (shop_id, id)
);
create index payments_order on payments (shop_id, work_order_id);
create index payments_open_till on payments (shop_id, id) where till_close_id is null;

-- Customers and vehicles that were put together, so that it can be taken back.
create table merges (
  shop_id bigint not null references shops,
  id bigint generated always as identity,
  kind text not null check (kind in ('customer', 'vehicle')),
  kept_id bigint not null,
  gone_id bigint not null,
  at timestamptz not null,
  -- Ids of what moved from one to the other: {"vehicles": [], "workOrders": [], "contacts": []}.
  moved jsonb not null,
  undone_at timestamptz,
  primary key (shop_id, id)
);
create index merges_gone on merges (shop_id, gone_id);

-- Files --------------------------------------------------------------------------------------------------------------

-- The parts that the shop knows by number; there is no stock of them yet.
create table parts (
  shop_id bigint not null references shops,
  id bigint generated always as identity,
  number text not null check (number <> ''),
  description text not null default '',
  maker text not null default '',
  cost_cents bigint not null default 0 check (cost_cents between 0 and 100000000000),
  -- Null: by the price matrix, from the cost.
  price_cents bigint check (price_cents between 0 and 100000000000),
  archived_at timestamptz,
  primary key (shop_id, id),
  unique (shop_id, number, maker)
);

-- A file between its upload and its import; gone when that is done, or after a day.
create table imports (
  shop_id bigint not null references shops,
  id bigint generated always as identity,
  kind text not null check (kind in ('customers', 'vehicles', 'parts')),
  staff_id bigint not null,
  created_at timestamptz not null default now(),
  file_name text not null default '',
  -- The file as it was read, its heads first: [["Name", "Phone"], ["Dana", "555 0142"]].
  rows jsonb not null,
  -- Which column is which field: {"name": 0, "phone": 1}.
  mapping jsonb not null default '{}',
  done_at timestamptz,
  primary key (shop_id, id),
  foreign key (shop_id, staff_id) references memberships (shop_id, staff_id)
);
create index imports_created on imports (created_at);

-- What every shop starts with.
create function start_billing() returns trigger language plpgsql as $$
begin
  insert into billing_settings (shop_id) values (new.id);
  insert into jurisdictions (shop_id, name, is_active) values (new.id, 'Nothing over what was authorized', true);
  insert into labor_rates (shop_id, name, cents_per_hour, is_default) values (new.id, 'Shop rate', 0, true);
  return new;
end $$;
create trigger shops_start_billing after insert on shops for each row execute function start_billing();

insert into billing_settings (shop_id) select id from shops;
insert into jurisdictions (shop_id, name, is_active) select id, 'Nothing over what was authorized', true from shops;
insert into labor_rates (shop_id, name, cents_per_hour, is_default) select id, 'Shop rate', 0, true from shops;
insert into meters (shop_id, vehicle_id, name, unit) select shop_id, id, 'Odometer', 'mi' from vehicles;
