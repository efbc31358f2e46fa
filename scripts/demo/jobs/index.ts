import { HEAVY_JOBS } from './heavy.js';
import type { Job } from './job.js';
import { LIGHT_JOBS } from './light.js';
import { MORE_LIGHT_JOBS } from './light-more.js';

export { HEAVY_JOBS } from './heavy.js';
export type { Job } from './job.js';

export const JOBS: readonly Job[] = [...LIGHT_JOBS, ...MORE_LIGHT_JOBS, ...HEAVY_JOBS];

/** For a vehicle that was here a short while ago. */
export const COMEBACKS: readonly Job[] = [
  {
    on: [],
    says: 'It is doing it again. Same noise, same place. I have not even put a hundred miles on it.',
    finds: 'Our own clamp had slipped. Ours to fix, no charge.',
    did: 'Clamp replaced with the better one, marked with paint. Test drive with the customer, he is happy.',
  },
  {
    on: [],
    says: 'You were in there two weeks ago and now a light is on that was not on before.',
    finds: 'Connector was not clicked in after the last job. Sorry.',
    did: 'Connector seated, code cleared, test drive 15 miles. No charge, washed it.',
  },
  {
    on: [],
    says: 'Something rattles since the last visit. Probably nothing.',
    finds: 'Heat shield screw loose. Had nothing to do with our work, but it takes two minutes.',
    did: 'Screw and washer. Quiet. No charge.',
  },
];
