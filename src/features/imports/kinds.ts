import { VEHICLE_TYPES } from '../vehicles/rules.js';
import { amount, email, oneOf, type Target, words, year, yesNo } from './cells.js';

export type Kind = 'customers' | 'vehicles' | 'parts';

/** What can be read in, as pages say it, and the fields that columns are mapped to. */
export const KINDS: Record<Kind, { title: string; one: string; many: string; targets: Target[] }> = {
  customers: {
    title: 'Customers',
    one: 'customer',
    many: 'customers',
    targets: [
      {
        name: 'name',
        label: 'Name',
        known: ['name', 'customer', 'customername', 'fullname', 'contact', 'contactname'],
        read: words('A name'),
      },
      { name: 'firstName', label: 'First name', known: ['firstname', 'first', 'givenname', 'vorname'], read: words('A name', 100) },
      { name: 'lastName', label: 'Last name', known: ['lastname', 'last', 'surname', 'familyname', 'nachname'], read: words('A name', 99) },
      {
        name: 'company',
        label: 'Company',
        known: ['company', 'companyname', 'business', 'organization', 'firma'],
        read: words('A company'),
      },
      { name: 'kind', label: 'Person or company', known: ['kind', 'customertype', 'type'], read: oneOf(['person', 'company'], null) },
      {
        name: 'phone',
        label: 'Phone',
        known: ['phone', 'phonenumber', 'mobile', 'cell', 'telephone', 'tel', 'telefon'],
        read: words('A phone number', 40),
      },
      { name: 'email', label: 'E-mail', known: ['email', 'emailaddress', 'mail'], read: email },
      { name: 'address', label: 'Address', known: ['address', 'streetaddress', 'street', 'adresse'], read: words('An address', 500) },
      { name: 'billingAddress', label: 'Billing address', known: ['billingaddress', 'invoiceaddress'], read: words('An address', 500) },
      { name: 'notes', label: 'Notes', known: ['notes', 'note', 'comments', 'remarks'], read: words('A note', 5000) },
      { name: 'poRequired', label: 'Purchase order number required', known: ['porequired', 'purchaseorderrequired'], read: yesNo },
      { name: 'onAccount', label: 'Pays on account', known: ['onaccount', 'account'], read: yesNo },
      {
        name: 'taxCertificate',
        label: 'Tax certificate (makes tax-exempt)',
        known: ['taxcertificate', 'taxexemptnumber', 'exemptionnumber', 'resalenumber'],
        read: words('A certificate', 100),
      },
    ],
  },
  vehicles: {
    title: 'Vehicles',
    one: 'vehicle',
    many: 'vehicles',
    targets: [
      {
        name: 'ownerPhone',
        label: 'Owner’s phone',
        known: ['ownerphone', 'customerphone', 'phone', 'mobile', 'cell'],
        read: words('A phone number', 40),
      },
      {
        name: 'ownerEmail',
        label: 'Owner’s e-mail',
        known: ['owneremail', 'customeremail', 'email', 'mail'],
        read: words('An e-mail address', 254),
      },
      {
        name: 'ownerName',
        label: 'Owner’s name or company',
        known: ['owner', 'ownername', 'customer', 'customername', 'name', 'company'],
        read: words('A name'),
      },
      { name: 'description', label: 'Description', known: ['description', 'vehicle', 'vehicledescription'], read: words('A description') },
      {
        name: 'plate',
        label: 'Plate',
        known: ['plate', 'licenseplate', 'license', 'registration', 'kennzeichen'],
        read: words('A plate', 20),
      },
      { name: 'vin', label: 'VIN', known: ['vin', 'vinnumber', 'chassisnumber', 'chassis'], read: words('A VIN', 40) },
      { name: 'year', label: 'Year', known: ['year', 'modelyear', 'baujahr'], read: year },
      { name: 'make', label: 'Make', known: ['make', 'manufacturer', 'brand', 'marke'], read: words('A make', 60) },
      { name: 'model', label: 'Model', known: ['model', 'modell'], read: words('A model', 100) },
      { name: 'engine', label: 'Engine', known: ['engine', 'motor'], read: words('An engine', 100) },
      { name: 'color', label: 'Color', known: ['color', 'colour', 'farbe'], read: words('A color', 60) },
      { name: 'unitNumber', label: 'Unit number', known: ['unitnumber', 'unit', 'fleetnumber'], read: words('A unit number', 40) },
      { name: 'serial', label: 'Serial number', known: ['serial', 'serialnumber'], read: words('A serial number', 80) },
      { name: 'kind', label: 'Road or equipment', known: ['kind'], read: oneOf(['road', 'equipment'], 'road') },
      {
        name: 'type',
        label: 'Type (for the inspection that fits)',
        known: ['type', 'vehicletype'],
        read: oneOf(Object.keys(VEHICLE_TYPES).filter(Boolean), ''),
      },
      {
        name: 'meter',
        label: 'Meter counts in (mi, km, h)',
        known: ['meter', 'meterunit', 'odometerunit'],
        read: oneOf(['mi', 'km', 'h'], null),
      },
      { name: 'notes', label: 'Notes', known: ['notes', 'note', 'comments', 'remarks'], read: words('A note', 5000) },
    ],
  },
  parts: {
    title: 'Parts list',
    one: 'part',
    many: 'parts',
    targets: [
      {
        name: 'number',
        label: 'Part number',
        required: true,
        known: ['number', 'partnumber', 'partno', 'part', 'sku', 'articlenumber', 'itemnumber'],
        read: words('A part number', 80),
      },
      {
        name: 'description',
        label: 'Description',
        known: ['description', 'name', 'title', 'partname', 'bezeichnung'],
        read: words('A description', 300),
      },
      {
        name: 'maker',
        label: 'Maker',
        known: ['maker', 'brand', 'manufacturer', 'make', 'vendor', 'hersteller'],
        read: words('A maker', 80),
      },
      { name: 'cost', label: 'Cost', known: ['cost', 'unitcost', 'purchaseprice', 'costprice', 'einkaufspreis'], read: amount },
      {
        name: 'price',
        label: 'Price (empty: by the matrix)',
        known: ['price', 'list', 'listprice', 'sellprice', 'retail', 'retailprice', 'saleprice', 'verkaufspreis'],
        read: amount,
      },
    ],
  },
};

/** Which column is which field: by name of the field the column's index. */
export type Mapping = Record<string, number>;

/** Maps columns by their heads; each column goes to one field, each field takes the first that fits. */
export function guessMapping(kind: Kind, heads: string[]): Mapping {
  const mapping: Mapping = {};
  const plain = heads.map((head) => head.toLowerCase().replace(/[^a-z0-9]/g, ''));
  for (const { name, known } of KINDS[kind].targets) {
    const found = known.map((head) => plain.indexOf(head)).find((index) => index >= 0 && !Object.values(mapping).includes(index));
    if (found !== undefined) mapping[name] = found;
  }
  return mapping;
}

/** @returns what is missing of a mapping, in a sentence, or null */
export function findGap(kind: Kind, mapping: Mapping): string | null {
  const has = (...names: string[]) => names.some((name) => mapping[name] !== undefined);
  if (kind === 'customers' && !has('name', 'lastName', 'firstName', 'company')) return 'Which column holds the name, or the company?';
  if (kind === 'vehicles' && !has('ownerPhone', 'ownerEmail', 'ownerName'))
    return 'Which column says whose vehicle it is: a phone number, an e-mail address or a name?';
  if (kind === 'vehicles' && !has('description', 'make', 'model')) return 'Which column says what it is: a description, or make and model?';
  if (kind === 'parts' && !has('number')) return 'Which column holds the part number?';
  return null;
}
