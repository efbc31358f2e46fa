/** A group of kinds as whoever chooses sees it: all kinds of one noun. */
interface Group {
  title: string;
  /** What happened, and what that means, by the second half of the kind. */
  kinds: Record<string, string>;
}

const shelf = (one: string): Record<string, string> => ({
  added: `${one} was added`,
  changed: `${one} was changed`,
  archived: `${one} was archived`,
  restored: `${one} is used again`,
});

/**
 * Every kind of event that the program records, in plain words: the one list of them. A test reads the sources, and fails for
 * a kind that is recorded and not here.
 */
export const GROUPS: Record<string, Group> = {
  'work-order': {
    title: 'Work orders',
    kinds: {
      created: 'A work order was opened',
      edited: 'What a work order says was changed',
      assigned: 'Somebody was put on a work order, or taken off it',
      blocked: 'A work order was marked as blocked',
      freed: 'The mark was removed',
      labelled: 'A label was put on',
      unlabelled: 'A label was taken off',
      'handed-over': 'The vehicle was handed over',
      'brought-back': 'A finished work order came back to the board',
    },
  },
  card: { title: 'The board', kinds: { moved: 'A card was moved' } },
  comment: {
    title: 'Comments',
    kinds: { added: 'Somebody commented', edited: 'A comment was changed', deleted: 'A comment was deleted' },
  },
  'customer-page': {
    title: 'Customers’ own pages',
    kinds: {
      made: 'A link to a customer’s own page was made',
      revoked: 'The links to a customer’s own page were revoked',
      'appointment-opened': 'A customer opened an appointment from their page, to change it',
    },
  },
  notice: {
    title: 'Notices',
    kinds: { made: 'Somebody was told something', read: 'Somebody read what they were told', withdrawn: 'What somebody was told is gone' },
  },
  job: {
    title: 'Jobs',
    kinds: {
      added: 'A job was added',
      changed: 'A job was changed',
      removed: 'A job was removed',
      moved: 'A job was moved up or down',
      copied: 'A job was copied',
      'option-added': 'A job got an alternative',
      'option-picked': 'One of the alternatives was picked',
      'brought-back': 'Deferred work of an earlier visit came back',
      revised: 'An approved job now costs more than was approved',
      'as-approved': 'A job is again within what was approved',
    },
  },
  line: {
    title: 'Lines',
    kinds: { added: 'A line was added', changed: 'A line was changed', removed: 'A line was removed', moved: 'A line was moved' },
  },
  meter: {
    title: 'Meters',
    kinds: {
      read: 'An odometer or hour meter was read',
      added: 'A meter was added',
      changed: 'A meter was changed',
      removed: 'A meter was removed',
    },
  },
  estimate: { title: 'Estimates', kinds: { sent: 'An estimate was frozen for the customer' } },
  consent: { title: 'Consent', kinds: { recorded: 'A customer approved, declined or put off work' } },
  invoice: {
    title: 'Invoices',
    kinds: {
      made: 'An invoice was made',
      posted: 'An invoice was posted',
      unposted: 'A posted invoice was opened again',
      withdrawn: 'An invoice no longer holds, because the work changed',
    },
  },
  payment: { title: 'Payments', kinds: { taken: 'Money came in', refunded: 'Money went back' } },
  till: { title: 'The till', kinds: { closed: 'The till was counted and closed' } },
  media: {
    title: 'Photos and video',
    kinds: {
      added: 'Pictures were added',
      edited: 'A picture’s caption or place was changed',
      released: 'A picture was shown to the customer',
      withdrawn: 'A picture is no longer shown to the customer',
      moved: 'A picture was moved',
      removed: 'A picture was removed',
      returned: 'A removed picture came back',
      drawn: 'Somebody drew on a picture',
      playable: 'A video can be played now',
      unplayable: 'A video could not be made playable',
    },
  },
  inspection: {
    title: 'Inspections',
    kinds: {
      started: 'An inspection was started',
      finished: 'An inspection was finished',
      reopened: 'An inspection was opened again',
      released: 'An inspection was released to the customer',
      withheld: 'An inspection was withheld from the customer',
    },
  },
  finding: {
    title: 'Findings',
    kinds: {
      saved: 'Something was found, or said anew',
      shown: 'A finding is shown to the customer',
      hidden: 'A finding is hidden from the customer',
      proposed: 'A finding became a job',
    },
  },
  hold: {
    title: 'Holds',
    kinds: {
      made: 'An unsafe vehicle is held',
      acknowledged: 'The customer knows of it',
      released: 'A second person released the vehicle',
      ended: 'A hold ended',
    },
  },
  quality: { title: 'Checks', kinds: { passed: 'A check of the work passed', failed: 'A check of the work failed' } },
  link: {
    title: 'Customers’ links',
    kinds: {
      made: 'A link was made',
      sent: 'An estimate was sent by it',
      opened: 'The customer opened it',
      prolonged: 'It works longer',
      revoked: 'It was revoked',
    },
  },
  question: { title: 'Questions', kinds: { asked: 'A customer asked something', answered: 'The shop answered' } },
  customer: {
    title: 'Customers',
    kinds: {
      added: 'A customer was added',
      changed: 'A customer was changed',
      merged: 'Two customers were put together',
      'merge-undone': 'That was taken back',
      imported: 'Customers were read in from a file',
    },
  },
  contact: {
    title: 'Contacts',
    kinds: { added: 'A contact was added', changed: 'A contact was changed', removed: 'A contact was removed' },
  },
  vehicle: {
    title: 'Vehicles',
    kinds: {
      added: 'A vehicle was added',
      changed: 'A vehicle was changed',
      transferred: 'A vehicle has a new owner',
      merged: 'Two vehicles were put together',
      'merge-undone': 'That was taken back',
      'service-noted': 'What a vehicle is due for was noted',
      'service-ended': 'That was done, or is not wanted any more',
      imported: 'Vehicles were read in from a file',
    },
  },
  part: { title: 'Parts', kinds: { imported: 'Parts were read in from a file' } },
  column: {
    title: 'Columns',
    kinds: {
      added: 'A column was added',
      changed: 'A column was changed',
      shifted: 'A column was moved',
      removed: 'A column was removed',
      renumbered: 'The places of a column’s cards were numbered anew',
    },
  },
  label: { title: 'Labels', kinds: { added: 'A label was added', changed: 'A label was changed', removed: 'A label was removed' } },
  staff: {
    title: 'People',
    kinds: {
      invited: 'Somebody was invited',
      'link-made': 'Somebody got a new link to set their password',
      'role-changed': 'Somebody’s role was changed',
      disabled: 'Somebody may no longer sign in',
      enabled: 'Somebody may sign in again',
      'password-changed': 'Somebody changed their password',
      'second-factor-on': 'Somebody now signs in with a second factor',
      'second-factor-off': 'Somebody no longer has a second factor',
      'second-factor-reset': 'A manager took somebody’s second factor away',
      'recovery-codes-renewed': 'Somebody made new recovery codes',
      'sessions-ended': 'Somebody was signed out elsewhere',
    },
  },
  'inspection-template': {
    title: 'Inspection templates',
    kinds: {
      added: 'A template was added',
      changed: 'A template was changed',
      renamed: 'A template was renamed',
      archived: 'A template was archived',
      restored: 'A template is used again',
    },
  },
  'labor-rate': { title: 'Labor rates', kinds: { ...shelf('A labor rate'), 'default-changed': 'Another labor rate is used by default' } },
  'price-matrix': {
    title: 'Price matrices',
    kinds: { ...shelf('A price matrix'), 'default-changed': 'Another price matrix is used by default' },
  },
  'tax-rate': { title: 'Taxes', kinds: shelf('A tax') },
  fee: { title: 'Fees', kinds: shelf('A fee') },
  'canned-job': {
    title: 'Canned jobs',
    kinds: { ...shelf('A canned job'), offered: 'Whether customers can book a canned job, or how long it takes, was changed' },
  },
  'tax-terms': { title: 'How tax is charged', kinds: { changed: 'How tax is charged was changed' } },
  supplies: { title: 'Shop supplies', kinds: { changed: 'The charge for supplies was changed' } },
  jurisdiction: { title: 'Law', kinds: { changed: 'The law that applies was changed' } },
  'house-rules': { title: 'Limits', kinds: { changed: 'Discount limits or the currency were changed' } },
  numbering: { title: 'Numbering', kinds: { raised: 'A counter was set higher' } },
  paper: { title: 'Paper', kinds: { changed: 'What stands on paper was changed' } },
  logo: { title: 'Logo', kinds: { changed: 'The logo was changed' } },
  visits: { title: 'Visits', kinds: { changed: 'What a visit needs was changed' } },
  'opening-hours': { title: 'Opening hours', kinds: { changed: 'The opening hours of the week were changed' } },
  'special-days': {
    title: 'Special days',
    kinds: { set: 'Days were said to be different from their weekday', dropped: 'A day is as its weekday again' },
  },
  bay: {
    title: 'Bays',
    kinds: { added: 'A bay was added', changed: 'A bay was changed', shifted: 'A bay was moved', removed: 'A bay was removed' },
  },
  'technician-hours': { title: 'Hours of the people', kinds: { changed: 'Somebody has other hours for booked work' } },
  absence: { title: 'Absences', kinds: { added: 'Somebody is away', removed: 'Somebody is there after all' } },
  booking: { title: 'Booking', kinds: { changed: 'How appointments are booked was changed' } },
  appointment: {
    title: 'Appointments',
    kinds: {
      booked: 'An appointment was booked, by a customer or by the shop',
      confirmed: 'The shop confirmed an appointment',
      moved: 'An appointment has another time, or somebody else does it',
      cancelled: 'An appointment was cancelled',
      edited: 'What was said of an appointment was changed',
      linked: 'It was noted who of the shop’s books an appointment is for',
      arrived: 'The vehicle came, and the appointment became a work order',
      'no-show': 'Nobody came to an appointment',
    },
  },
  message: {
    title: 'Messages',
    kinds: {
      written: 'A message to a customer was written',
      withdrawn: 'It was taken back before it went out',
      delayed: 'It could not go out, and is tried again',
      sent: 'It went out',
      failed: 'It could not be sent',
      'left-to-people': 'Nothing sends it any more: somebody has to do it by hand',
      retried: 'Somebody tries again to send it',
      assigned: 'Somebody is to answer what came in, or nobody any more',
      done: 'What came in is done',
      reopened: 'What came in is not done after all',
      received: 'A customer wrote',
      wanted: 'Somebody agreed to receive messages',
      stopped: 'Somebody wants no more messages',
    },
  },
  'calendar-feed': {
    title: 'Calendar feeds',
    kinds: { made: 'An address of the calendar was made', revoked: 'An address of the calendar was revoked' },
  },
  'message-settings': { title: 'How messages are sent', kinds: { changed: 'How messages are sent was changed' } },
  'message-template': {
    title: 'What messages say',
    kinds: { changed: 'What is said on an occasion was changed', removed: 'On an occasion the program’s own words are said again' },
  },
  retention: { title: 'How long records are kept', kinds: { changed: 'How long records are kept was changed' } },
  'api-token': { title: 'API tokens', kinds: { made: 'A token for a program was made', revoked: 'A token of a program was revoked' } },
  tv: { title: 'Wall TVs', kinds: { made: 'A link for a wall TV was made', revoked: 'A link for a wall TV was revoked' } },
  data: { title: 'Exports', kinds: { exported: 'Somebody took data out' } },
  webhook: {
    title: 'Webhooks',
    kinds: {
      added: 'A webhook was added',
      changed: 'A webhook was changed',
      removed: 'A webhook was removed',
      'secret-renewed': 'A webhook got a new secret',
      'switched-on': 'A webhook was switched on',
      'switched-off': 'A webhook was switched off, by somebody or by itself',
    },
  },
  shop: {
    title: 'The shop',
    kinds: {
      made: 'The shop was made',
      imported: 'The shop came from another installation',
      'second-factor-asked': 'Who needs a second factor was changed',
    },
  },
};

/** Every kind, `<noun>.<what happened>`, with its sentence. */
export const KINDS: ReadonlyMap<string, string> = new Map(
  Object.entries(GROUPS).flatMap(([noun, { kinds }]) =>
    Object.entries(kinds).map(([what, words]): [string, string] => [`${noun}.${what}`, words]),
  ),
);

/** Stands for every kind, also those that later versions bring. */
export const ALL = '*';
/** What a test delivery is; no event has this kind. */
export const PING = 'webhook.ping';
