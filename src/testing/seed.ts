/** The seed of this run's random tests. Printed, so that a failure can be seen again with SEED=…. */
export const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 31);

console.info(`SEED=${SEED}`);
