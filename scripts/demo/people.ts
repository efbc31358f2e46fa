import type { Role } from '../../src/features/staff/permissions.js';

export const SHOP = { name: "Bergmann's Auto & Truck", timeZone: 'America/Chicago' };
export const PASSWORD = 'demo-shop-floor';

export interface Person {
  email: string;
  name: string;
  role: Role;
  /** Has the password above. Nobody can sign in as the others. */
  signsIn: boolean;
}

/** The first one is the manager who made the shop. */
export const STAFF: Person[] = [
  { email: 'manager@demo.test', name: 'Ruth Bergmann', role: 'manager', signsIn: true },
  { email: 'advisor@demo.test', name: 'Marcus Okafor', role: 'advisor', signsIn: true },
  { email: 'mechanic@demo.test', name: 'Luis Ortega', role: 'mechanic', signsIn: true },
  { email: 'priya@demo.test', name: 'Priya Raghunathan', role: 'advisor', signsIn: false },
  { email: 'dale@demo.test', name: 'Dale Kowalczyk', role: 'mechanic', signsIn: false },
  { email: 'thuy@demo.test', name: 'Thúy Nguyễn', role: 'mechanic', signsIn: false },
  { email: 'sven@demo.test', name: 'Sven Håkansson', role: 'mechanic', signsIn: false },
  { email: 'joanne@demo.test', name: 'Jo-Anne MacAllister', role: 'mechanic', signsIn: false },
  { email: 'terrence@demo.test', name: 'Terrence Boyd', role: 'mechanic', signsIn: false },
];

/** Left three weeks ago: what he did stays in the history, and he is in no list to choose from. */
export const FORMER = { email: 'wade@demo.test', name: 'Wade Lindgren', role: 'mechanic', signsIn: false } satisfies Person;

/** Short for the shop's labels. */
export const LABELS = [
  { name: 'Waiter', color: 'amber' },
  { name: 'Fleet', color: 'blue' },
  { name: 'Comeback', color: 'red' },
  { name: 'Warranty', color: 'green' },
  { name: 'Night drop', color: 'violet' },
  { name: 'Tow-in', color: 'pink' },
  { name: 'State inspection', color: 'teal' },
  { name: 'Keys in box', color: 'grey' },
] as const;

export const GIVEN_NAMES = [
  'Angela',
  'Bill',
  'Carmen',
  'Darnell',
  'Esther',
  'Frank',
  'Gwendolyn',
  'Hank',
  'Imani',
  'Jerry',
  'Katarzyna',
  'Lorraine',
  'Miguel',
  'Nadia',
  'Otis',
  'Patrice',
  'Quentin',
  'Rosalind',
  'Steve',
  'Tamika',
  'Ulises',
  'Vera',
  'Walt',
  'Ximena',
  'Yusuf',
  'Zofia',
  'Arjun',
  'Bev',
  'Cole',
  'Denise',
  'Earl',
  'Fatima',
  'Gus',
  'Hye-jin',
  'Ingrid',
  'Jamal',
  'Kurt',
  'LaToya',
  'Mei',
  'Norm',
];

export const FAMILY_NAMES = [
  'Abernathy',
  'Brzezinski',
  'Castellanos',
  'Dombrowski',
  'Eriksen',
  'Ferraro',
  'Gustafson',
  'Hernandez',
  'Iwanski',
  'Johnson',
  'Kim',
  'Lundquist',
  'Mwangi',
  'Novak',
  'Olson',
  'Patel',
  'Quarles',
  'Rodriguez',
  'Schmidt',
  'Thompson',
  'Underwood',
  'Vargas',
  'Washington',
  'Xiong',
  'Yoder',
  'Zielinski',
  'Anderson',
  'Becker',
  'Cho',
  'Delgado',
  'Eastman',
  'Fitzgerald',
  'Grabowski',
  'Hoang',
  'Jankowski',
  'Krueger',
  'Lopez',
  'Meyer',
  'Nyberg',
  'Pruitt',
];

/** Names that a card has to find room for, or letters for. */
export const NOTABLE_NAMES = [
  'Maria-Fernanda Villanueva-Castellanos',
  'Bartholomew Featherstonehaugh-Worthington III',
  'Nguyễn Thị Minh Khai',
  'Zoë Brontë-Wałęsa',
  'Søren Ångström',
  'Łukasz Żółkiewski',
  'José Ángel Núñez Ibáñez',
  'Renée D’Aubigné',
  'Siobhán Ní Dhomhnaill',
  'Ελένη Παπαδοπούλου (Eleni)',
  'Екатерина Волкова',
  'Ng',
  'Dr. Oluwaseun Adébáyò-Ogunlésì',
  'Þórdís Guðmundsdóttir',
  'Bo Li',
];
