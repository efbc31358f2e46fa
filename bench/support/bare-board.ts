// What a board read costs without the program: node:http, the same two point queries, the same bytes.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';

const { DATABASE_URL, PAGE } = process.env;
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 10 });
const page = readFileSync(PAGE as string);

const SESSION = 'SELECT sess FROM "session" WHERE sid = $1 AND expire >= to_timestamp($2)';
const VIEWER = `select m.staff_id, m.shop_id, m.role, s.name, shops.name as shop_name, shops.time_zone, shops.version
  from memberships m join staff s on s.id = m.staff_id join shops on shops.id = m.shop_id
  where m.staff_id = $1 and m.shop_id = $2 and m.disabled_at is null`;

const server = createServer(async (request, response) => {
  const sid = /sid=s%3A([^.;]+)/.exec(request.headers.cookie ?? '')?.[1];
  const session = (await pool.query(SESSION, [sid, Date.now() / 1000])).rows[0]?.sess;
  const viewer = session && (await pool.query(VIEWER, [session.passport.user, session.shop])).rows[0];
  if (!viewer) return response.writeHead(401).end();
  response.writeHead(200, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Encoding': 'gzip',
    'Content-Length': page.length,
    ETag: `W/"${viewer.version}"`,
  });
  response.end(page);
});
server.listen(0, '127.0.0.1', () => console.log(`{"url":"http://127.0.0.1:${(server.address() as AddressInfo).port}"}`));
