import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { problemBody, unavailable } from './problems.js';

/** A start that is done by then says nothing. Milliseconds. */
const AT_ONCE_MS = 500;

/**
 * Waits for what a server opens first. Should that take longer, because the event store is away or read models are built, the
 * port already answers: the process lives, is not ready, and takes no command.
 */
export async function answerMeanwhile<Result>(
  opening: Promise<Result>,
  { port, host }: { readonly port: number; readonly host: string },
): Promise<Result> {
  if (port === 0) return opening;
  if (await Promise.race([opening.then(() => true), sleep(AT_ONCE_MS, false)])) return opening;
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0];
    if (path === '/health/live') return response.end(JSON.stringify({ status: 'ok' }));
    const ready = { status: 'unavailable', checks: { server: 'is starting: it waits for the event store' } };
    const problem = problemBody(unavailable('starting', 'The server is starting. Nothing was stored.'));
    response.writeHead(503, {
      'content-type': path === '/health/ready' ? 'application/json' : 'application/problem+json',
      'retry-after': '1',
      connection: 'close',
    });
    return response.end(JSON.stringify(path === '/health/ready' ? ready : problem));
  });
  server.listen(port, host);
  await once(server, 'listening');
  try {
    return await opening;
  } finally {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }
}
