import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Sender, type SenderOptions } from './sender.js';
import { sign } from './signature.js';

const body = '{"eventId":"e"}';
const headers = sign('e', 0, body, ['whsec_AAAA']);

/** A receiver that counts its connections. */
async function receiver(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const seen = { connections: 0, requests: 0 };
  const server = createServer((request, response) => {
    seen.requests += 1;
    request.resume().on('end', () => answer(request, response));
  });
  server.on('connection', () => {
    seen.connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stop = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { port, seen, stop };
}

async function attempt(url: string, options: Partial<SenderOptions> = {}) {
  const sender = new Sender({ allowPrivate: true, ...options });
  const { milliseconds: _, ...found } = await sender.send({ webhookId: 'w', url, headers, body });
  await sender.close();
  return found;
}

const failed = (error: string, status: number | null = null, retryAfterMs: number | null = null) => ({
  delivered: false,
  status,
  error,
  retryAfterMs,
});

describe('an attempt', () => {
  it.each([200, 201, 204, 299])('has delivered with status %d', async (status) => {
    const { port, stop } = await receiver((_, response) => response.writeHead(status).end());
    expect(await attempt(`http://127.0.0.1:${port}/`)).toEqual({
      delivered: true,
      status,
      error: null,
      retryAfterMs: null,
    });
    await stop();
  });

  it.each([300, 400, 404, 410, 500])('has failed with status %d', async (status) => {
    const { port, stop } = await receiver((_, response) => response.writeHead(status).end('no'));
    expect(await attempt(`http://127.0.0.1:${port}/`)).toEqual(failed(`status ${status}`, status));
    await stop();
  });

  it('follows no redirect', async () => {
    const other = await receiver((_, response) => response.end());
    const { port, stop } = await receiver((_, response) =>
      response.writeHead(307, { location: `http://127.0.0.1:${other.port}/` }).end(),
    );
    expect(await attempt(`http://127.0.0.1:${port}/`)).toEqual(failed('status 307', 307));
    expect(other.seen.connections).toBe(0);
    await Promise.all([stop(), other.stop()]);
  });

  it('tells how long the endpoint asks to be left alone', async () => {
    const { port, stop } = await receiver((_, response) => response.writeHead(429, { 'retry-after': '7' }).end());
    expect(await attempt(`http://127.0.0.1:${port}/`)).toEqual(failed('status 429', 429, 7_000));
    await stop();
  });

  it('has failed when no answer comes in time', async () => {
    const { port, stop } = await receiver(() => {});
    expect(await attempt(`http://127.0.0.1:${port}/`, { timeoutMs: 100 })).toEqual(failed('no answer within 100 ms'));
    await stop();
  });

  it('has delivered by its status, however long the answer behind it', async () => {
    const { port, stop } = await receiver((_, response) => {
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      };
      response.on('drain', more);
      more();
    });
    expect(await attempt(`http://127.0.0.1:${port}/`, { timeoutMs: 5_000 })).toMatchObject({ delivered: true });
    await stop();
  });

  it('has failed where nobody listens', async () => {
    const { port, stop } = await receiver(() => {});
    await stop();
    expect(await attempt(`http://127.0.0.1:${port}/`)).toEqual(failed('ECONNREFUSED'));
  });

  it('signs and sends the body as it is', async () => {
    let seen: unknown;
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const { method, headers: got } = request;
      seen = { method, type: got['content-type'], id: got['webhook-id'], body: Buffer.concat(chunks).toString() };
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await attempt(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    expect(seen).toEqual({ method: 'POST', type: 'application/json', id: 'e', body });
    server.close();
  });
});

describe('the name of an endpoint', () => {
  const resolve =
    (...addresses: string[]) =>
    async () =>
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

  it('leads to the address that was looked up', async () => {
    const { port, seen, stop } = await receiver((_, response) => response.end());
    const found = await attempt(`http://hooks.example:${port}/`, { resolve: resolve('127.0.0.1') });
    expect(found).toMatchObject({ delivered: true, status: 200 });
    expect(seen).toEqual({ connections: 1, requests: 1 });
    await stop();
  });

  it('leads to the next of its addresses where nobody listens at the first', async () => {
    const { port, stop } = await receiver((_, response) => response.end());
    const found = await attempt(`http://hooks.example:${port}/`, { resolve: resolve('::1', '127.0.0.1') });
    expect(found).toMatchObject({ delivered: true });
    await stop();
  });

  it('that leads nowhere is told so', async () => {
    const found = await attempt('http://hooks.example:8080/', { resolve: resolve() });
    expect(found).toEqual(failed('hooks.example leads to no address'));
  });

  it.each(['localhost', 'a.localhost', 'localhost.'])('is this machine where it is %s', async (host) => {
    const { port, seen, stop } = await receiver((_, response) => response.end());
    expect(await attempt(`http://${host}:${port}/`)).toMatchObject({ delivered: true });
    expect(seen.requests).toBe(1);
    await stop();
  });
});

describe('a private address', () => {
  const refused = (host: string) => failed(`${host} leads to an address that is not public`);

  it('is refused inside the connection, though the name was harmless before', async () => {
    const { port, seen, stop } = await receiver((_, response) => response.end());
    const answers = ['93.184.216.34', '127.0.0.1'];
    const resolve = async () => [{ address: answers.shift() ?? '127.0.0.1', family: 4 }];
    expect((await resolve())[0]?.address).toBe('93.184.216.34'); // Whoever checks first sees this one.
    const url = `https://rebind.example:${port}/`;
    expect(await attempt(url, { allowPrivate: false, resolve })).toEqual(refused('rebind.example'));
    expect(seen.connections).toBe(0);
    await stop();
  });

  it.each(['10.0.0.1', '169.254.169.254', '::1', '::ffff:127.0.0.1', '64:ff9b::7f00:1', 'fd00:ec2::254'])(
    'is refused beside a public one: %s',
    async (address) => {
      const resolve = async () => [
        { address: '93.184.216.34', family: 4 },
        { address, family: address.includes(':') ? 6 : 4 },
      ];
      const found = await attempt('https://hooks.example:8443/', { allowPrivate: false, resolve });
      expect(found).toEqual(refused('hooks.example'));
    },
  );

  it.each(['https://127.0.0.1:8443/', 'https://[::1]:8443/', 'https://2130706433:8443/', 'http://hooks.example/'])(
    'is refused as %s, also of a subscription that was made when it was allowed',
    async (url) => {
      expect((await attempt(url, { allowPrivate: false })).error).toMatch(/^the address must /);
    },
  );

  it('is refused as localhost by the real lookup', async () => {
    const { port, seen, stop } = await receiver((_, response) => response.end());
    const sender = new Sender({ allowPrivate: false });
    const { error } = await sender.send({ webhookId: 'w', url: `https://a.localhost:${port}/`, headers, body });
    expect(error).toBe('the address must not lead to a private address');
    expect(seen.connections).toBe(0);
    await sender.close();
    await stop();
  });
});
