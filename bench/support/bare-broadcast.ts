// What a broadcast costs without the program: a WebSocket server that sends the same bytes to everybody when told to.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

const message = readFileSync(process.env.MESSAGE as string, 'utf8');
const server = createServer((_request, response) => {
  for (const socket of sockets.clients) socket.send(message);
  response.writeHead(204).end();
});
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
server.listen(0, '127.0.0.1', () => console.log(`{"url":"http://127.0.0.1:${(server.address() as AddressInfo).port}"}`));
