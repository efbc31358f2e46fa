import { HEAVY_JOBS as BIG_JOBS } from './heavy.js';
import { type Job, job, labor, part } from './job.js';
import { LIFT_JOBS } from './lifts.js';
import { LIGHT_JOBS } from './light.js';
import { MORE_LIGHT_JOBS } from './light-more.js';
import { WHEEL_JOBS } from './wheels.js';

export { CANNED, type CannedWork, DECLINE_REASONS, DEFER_REASONS, findable } from './canned.js';
export type { DemoLine, Job, PlannedJob, Work } from './job.js';

export const HEAVY_JOBS: readonly Job[] = [...BIG_JOBS, ...LIFT_JOBS];
export const JOBS: readonly Job[] = [...LIGHT_JOBS, ...WHEEL_JOBS, ...MORE_LIGHT_JOBS, ...HEAVY_JOBS];

/** For a vehicle that was here a short while ago. */
export const COMEBACKS: readonly Job[] = [
  {
    on: [],
    says: 'It is doing it again. Same noise, same place. I have not even put a hundred miles on it.',
    finds: 'Our own clamp had slipped. Ours to fix, no charge.',
    did: 'Clamp replaced with the better one, marked with paint. Test drive with the customer, he is happy.',
    work: [job('Comeback: clamp', labor('0.5', 'Replace clamp, test drive'), part('1', 'CL-214', 'Band clamp', '11.20'))],
  },
  {
    on: [],
    says: 'You were in there two weeks ago and now a light is on that was not on before.',
    finds: 'Connector was not clicked in after the last job. Sorry.',
    did: 'Connector seated, code cleared, test drive 15 miles. No charge, washed it.',
    work: [job('Comeback: connector', labor('0.4', 'Seat connector, clear code, test drive'))],
  },
  {
    on: [],
    says: 'Something rattles since the last visit. Probably nothing.',
    finds: 'Heat shield screw loose. Had nothing to do with our work, but it takes two minutes.',
    did: 'Screw and washer. Quiet. No charge.',
    work: [job('Comeback: heat shield', labor('0.2', 'Fit screw and washer'))],
  },
];
