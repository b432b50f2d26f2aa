import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { type WebSocket, WebSocketServer } from 'ws';

/*
 * What a fan-out costs with `ws` alone: whatever is posted here goes to every client, one after the other.
 */

const SAMPLING_MS = 10;
const clients = new Set<WebSocket>();
const delay = monitorEventLoopDelay({ resolution: SAMPLING_MS });
delay.enable();

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    response.end(JSON.stringify({ p99Ms: delay.percentile(99) / 1e6 - SAMPLING_MS }));
    delay.reset();
    return;
  }
  let text = '';
  request.on('data', (chunk) => {
    text += chunk;
  });
  request.on('end', () => {
    for (const client of clients) client.send(text);
    response.end();
  });
});
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
sockets.on('connection', (ws) => {
  clients.add(ws);
  ws.on('close', () => clients.delete(ws));
});
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port} `));
