import { writeFile } from 'node:fs/promises';
import type { Ground } from './support/ground.js';
import { readsPerSecond, warmUp } from './support/load.js';
import { inTurns, quantile } from './support/numbers.js';
import { startProgram } from './support/program.js';
import { beside, type Figure } from './support/report.js';
import { Visitor } from './support/visitor.js';

const CONNECTIONS = 16;
const ROUNDS = 3;
const SECONDS = 3;

/** Board reads per second, beside a bare server that makes the same two point queries and sends the same bytes. */
export async function measureBoardReads(ground: Ground): Promise<Figure[]> {
  const visitor = await Visitor.signedIn(ground.server.url);
  const page = await visitor.get('/board', { 'accept-encoding': 'gzip' });
  await writeFile(`${ground.folder}/page.gz`, page.body);
  const bare = await startProgram('bench/support/bare-board.js', { DATABASE_URL: ground.databaseUrl, PAGE: `${ground.folder}/page.gz` });
  const read = (url: string, seconds: number) => readsPerSecond(`${url}/board`, { cookie: visitor.cookie }, CONNECTIONS, seconds);
  for (const { url } of [ground.server, bare]) await warmUp(`${url}/board`, { cookie: visitor.cookie }, CONNECTIONS);
  const [own, others] = await inTurns(
    ROUNDS,
    () => read(ground.server.url, SECONDS),
    () => read(bare.url, SECONDS),
  );
  await bare.stop();
  visitor.close();
  return [beside(`board reads, ${CONNECTIONS} connections`, quantile(own), '/s', quantile(others), 0.6)];
}
