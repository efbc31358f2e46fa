/** What the cards of the bench say: varied enough that a page of them compresses like a real one. */
export const FIRST_NAMES = [
  ...['Maria', 'Dwayne', 'Priya', 'Tomasz', 'Aiko', 'Ruben', 'Fatima', 'Gunnar', 'Chloe', 'Ibrahim', 'Wendy', 'Luis', 'Svetlana'],
  ...['Bob', 'Nadia', 'Kwame', 'Ingrid', 'Pablo', 'Yusuf', 'Harriet', 'Chen', 'Olga', 'Marcus', 'Leilani', 'Stefan', 'Rosalind'],
];
export const LAST_NAMES = [
  ...['Quispe', 'Whitfield', 'Raghunathan', 'Nowak', 'Tanaka', 'Castellanos', 'Haddad', 'Lindqvist', 'Beaumont', 'Okafor', 'Zhang'],
  ...['Ferreira', 'Kuznetsova', 'Smith', 'Petrov', 'Mensah', 'Halvorsen', 'Iglesias', 'Demir', 'Pemberton', 'Liu', 'Ivanova', 'Greer'],
];
export const MAKES = ['Toyota', 'Ford', 'Honda', 'Chevrolet', 'Subaru', 'Volkswagen', 'John Deere', 'Ram', 'Kia', 'Mazda', 'Freightliner'];
export const MODELS = [
  ...[
    'Corolla LE',
    'F-150 XLT SuperCrew',
    'Civic',
    'Silverado 2500HD',
    'Outback Wilderness',
    'Golf TDI',
    '5075E Utility Tractor',
    'ProMaster',
  ],
  ...['Sorento', 'CX-5 Touring', 'Cascadia', 'Transit 250', 'Tacoma', 'Odyssey EX-L', 'Tiguan', 'Bolt EUV', 'Forester', 'Escape Hybrid'],
];
export const CONCERNS = [
  'Squeals when braking downhill, worse in the morning',
  'Check engine light since last week, feels weak on the highway',
  'Air conditioning blows warm at idle',
  'Oil change and tyre rotation, customer waits',
  'Pulls to the right, vibration at 60 mph',
  'Hydraulic leak at the loader, left cylinder',
  'No start in the cold, battery is two years old',
  'Clunk from the rear over bumps, both sides',
  'Coolant smell inside after long trips',
];
export const LABELS = ['Comeback', 'Fleet', 'Warranty', 'Waiter', 'Tow-in', 'Diesel', 'VIP', 'Loaner out'];
export const COLORS = ['red', 'blue', 'green', 'amber', 'violet', 'grey', 'pink', 'teal'];
