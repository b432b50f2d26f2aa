import { once } from 'node:events';
import { createServer } from 'node:http';
import { refuseBroken } from './broken-requests.js';
import { problemBody, unavailable } from './problems.js';

/**
 * Opens what a server needs, while the port already answers: the process lives, is not ready, and takes no command. That may take
 * long, because the event store is away or read models are built. A port that is taken is found before anything is opened: a
 * process that ends while threads open their files ends with an abort.
 */
export async function answerMeanwhile<Result>(
  open: () => Promise<Result>,
  { port, host }: { readonly port: number; readonly host: string },
): Promise<Result> {
  if (port === 0) return open();
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0];
    if (path === '/health/live') return response.end(JSON.stringify({ status: 'ok' }));
    const ready = {
      status: 'unavailable',
      checks: { server: 'is starting: it waits for the event store, or its read models are built or catch up' },
    };
    const problem = problemBody(unavailable('starting', 'The server is starting. Nothing was stored.'));
    response.writeHead(503, {
      'content-type': path === '/health/ready' ? 'application/json' : 'application/problem+json',
      'retry-after': '1',
      connection: 'close',
    });
    return response.end(JSON.stringify(path === '/health/ready' ? ready : problem));
  });
  server.on('clientError', refuseBroken);
  server.listen(port, host);
  await once(server, 'listening');
  try {
    return await open();
  } finally {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }
}
