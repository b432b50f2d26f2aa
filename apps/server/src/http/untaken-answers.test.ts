import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { type FastifyInstance, fastify as newFastify } from 'fastify';
import type { Principal } from '../auth/principal.js';
import { cutSlowReaders, type Patience } from './untaken-answers.js';

/** More than the buffers of the system take. Bytes. */
const SIZE = 24 * 1_048_576;

describe('an answer that is not taken', () => {
  let fastify: FastifyInstance;
  const sockets: Socket[] = [];
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await fastify.close();
  });

  async function serve(patience: Patience): Promise<void> {
    fastify = newFastify();
    fastify.decorateRequest('principal', null);
    fastify.addHook('onRequest', (request, _, next) => {
      const { subject } = request.query as { subject?: string };
      request.principal = subject === undefined ? null : ({ role: 'bidder', subject } as Principal);
      next();
    });
    cutSlowReaders(fastify, patience);
    const answer = 'x'.repeat(SIZE);
    fastify.get('/', (_, reply) => reply.send(answer));
    await fastify.listen({ port: 0, host: '127.0.0.1' });
  }

  /** Asks and takes nothing; the server's end of the connection. */
  async function ask(subject: string): Promise<{ readonly client: Socket; readonly served: Socket }> {
    const { port } = fastify.server.address() as AddressInfo;
    const client = connect(port, '127.0.0.1').pause();
    client.on('error', () => undefined);
    sockets.push(client);
    const [served] = (await once(fastify.server, 'connection')) as [Socket];
    client.write(`GET /?subject=${subject} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    await once(fastify.server, 'request');
    return { client, served };
  }

  async function taken(client: Socket): Promise<number> {
    let bytes = 0;
    client.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    await once(client.resume(), 'close');
    return bytes;
  }

  it('is cut off after a while', async () => {
    await serve({ takenWithinMs: 50, mostOfCaller: 2 * SIZE });
    const { served } = await ask('ada');
    await once(served, 'close');
  });

  it('is cut off when its caller has too much under way, the oldest first, and that of others is not', async () => {
    await serve({ takenWithinMs: 60_000, mostOfCaller: 2 * SIZE });
    const [first, second, ben] = [await ask('ada'), await ask('ada'), await ask('ben')];
    const cut = once(first.served, 'close');
    const third = await ask('ada');
    await cut;
    for (const { client } of [second, third, ben]) expect(await taken(client)).toBeGreaterThan(SIZE);
  });
});
