import autocannon from 'autocannon';

/** Reads before the first that counts: a server runs for weeks, so its code has long been compiled. */
const WARM_UP = 3000;

/** Has a server answer until it is as fast as it gets. */
export async function warmUp(url: string, headers: Record<string, string>, connections: number): Promise<void> {
  await autocannon({ url, headers: { 'accept-encoding': 'gzip', ...headers }, connections, amount: WARM_UP });
}

/**
 * As many GETs as the server answers.
 * @param connections kept open, each with one request at a time
 * @returns answers per second
 * @throws Error when any answer was not a 200
 */
export async function readsPerSecond(url: string, headers: Record<string, string>, connections: number, seconds: number): Promise<number> {
  const result = await autocannon({ url, headers: { 'accept-encoding': 'gzip', ...headers }, connections, duration: seconds });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${url}: ${result.non2xx} answers were refusals, ${result.errors} failed.`);
  return result['2xx'] / result.duration;
}
