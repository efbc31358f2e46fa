/** What kind of vehicle it is, for the inspection that fits it; '' when nobody has said. */
export const VEHICLE_TYPES = {
  ...{ '': 'Not said', car: 'Car or light truck', truck: 'Truck', motorcycle: 'Motorcycle', bicycle: 'Bicycle', trailer: 'Trailer' },
  machine: 'Machine',
} as const;
export type VehicleType = keyof typeof VEHICLE_TYPES;

/** What the form of a vehicle holds, all as text. */
export const VEHICLE_FIELDS = [
  ...(['kind', 'type', 'description', 'plate', 'vin', 'make', 'model', 'year', 'engine', 'color', 'unitNumber', 'serial'] as const),
  ...(['laborRate', 'notes'] as const),
] as const;

export type VehicleField = (typeof VEHICLE_FIELDS)[number];
export type VehicleFields = Record<VehicleField, string>;

/** A vehicle about which nothing is known yet. */
export const NO_FIELDS: VehicleFields = {
  ...{ kind: 'road', type: '', description: '', plate: '', vin: '', make: '', model: '', year: '', engine: '', color: '', unitNumber: '' },
  ...{ serial: '', laborRate: '', notes: '' },
};

export const VEHICLE_LABELS: Record<VehicleField, string> = {
  ...{
    kind: 'Kind',
    type: 'Type',
    description: 'Name on the board',
    plate: 'Plate',
    vin: 'VIN',
    make: 'Make',
    model: 'Model',
    year: 'Year',
  },
  ...{ engine: 'Engine', color: 'Color', unitNumber: 'Unit number', serial: 'Serial number', laborRate: 'Labor rate', notes: 'Notes' },
};

/** `2019 Toyota Corolla, blue`: what a vehicle is called when nobody says it otherwise; empty when nothing is known. */
export function describe({ year, make, model, color }: Pick<VehicleFields, 'year' | 'make' | 'model' | 'color'>): string {
  const name = [year, make, model].filter(Boolean).join(' ');
  return name && color ? `${name}, ${color}` : name;
}

/** A description that was made of the other fields follows them; one that somebody wrote stays. */
export function followDescription(before: VehicleFields, changes: Partial<VehicleFields>): Partial<VehicleFields> {
  if (changes.description !== undefined || before.description !== describe(before)) return changes;
  const description = describe({ ...before, ...changes });
  return description && description !== before.description ? { ...changes, description } : changes;
}

/** A VIN as it is kept: without blanks and dashes, in capitals. What has other characters stays as it was typed. */
export function tidyVin(typed: string): string {
  return typed.replace(/[\s-]/g, '').toUpperCase();
}

export const UNITS = { mi: 'miles', km: 'kilometers', h: 'hours' } as const;
export type Unit = keyof typeof UNITS;
