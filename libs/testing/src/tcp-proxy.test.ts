import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { TcpProxy } from './tcp-proxy.js';

/** Long enough for bytes that are let through to arrive on loopback. */
const A_WHILE_MS = 60;

/** One end of a connection, and what it has seen. */
class Client {
  received = '';
  error: string | undefined;
  ended = false;

  constructor(readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.on('data', (chunk) => {
      this.received += chunk.toString('latin1');
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.error = error.code;
    });
    socket.on('end', () => {
      this.ended = true;
    });
  }

  async has(text: string): Promise<void> {
    while (this.received !== text) await once(this.socket, 'data');
  }

  closed = async (): Promise<void> => {
    if (!this.socket.closed) await new Promise((resolve) => this.socket.once('close', resolve));
  };
}

describe('the TCP proxy', () => {
  let server: Server;
  let proxy: TcpProxy;
  let atServer: Client[];

  beforeEach(async () => {
    atServer = [];
    // Echoes everything.
    server = createServer((socket) => {
      atServer.push(new Client(socket));
      socket.pipe(socket);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    proxy = await TcpProxy.start((server.address() as AddressInfo).port);
  });

  afterEach(async () => {
    await proxy.close();
    for (const { socket } of atServer) socket.destroy();
    server.close();
  });

  async function newClient(): Promise<Client> {
    const client = new Client(connect(proxy.port, '127.0.0.1'));
    await once(client.socket, 'connect');
    return client;
  }

  async function talkingClient(): Promise<Client> {
    const client = await newClient();
    client.socket.write('a');
    await client.has('a');
    return client;
  }

  it('carries bytes both ways, and the end of each half', async () => {
    const client = await talkingClient();
    client.socket.end('b');
    await client.closed();
    expect(client).toMatchObject({ received: 'ab', ended: true, error: undefined });
    await atServer[0]?.closed();
    expect(atServer[0]).toMatchObject({ received: 'ab', ended: true, error: undefined });
  });

  it('carries 8 MiB whole and in order, also delayed', async () => {
    proxy.delay(5);
    const client = await newClient();
    const sent = Buffer.from(Uint32Array.from({ length: 1 << 21 }, (_, i) => i).buffer);
    client.socket.end(sent);
    await client.closed();
    expect(Buffer.from(client.received, 'latin1').equals(sent)).toBe(true);
  });

  it('delays each byte, in the direction that is asked for alone', async () => {
    const client = await talkingClient();
    proxy.delay(100, 'up');
    const before = performance.now();
    client.socket.write('b');
    await client.has('ab');
    expect(performance.now() - before).toBeGreaterThan(95);

    const never = 1_000_000_000;
    proxy.delay(never, 'up');
    atServer[0]?.socket.write('to the client');
    await client.has('abto the client');
    await proxy.heal();
    proxy.delay(never, 'down');
    client.socket.write('c');
    await atServer[0]?.has('abc');
  });

  it('refuses new connections and keeps those that are open, until it heals', async () => {
    const open = await talkingClient();
    await proxy.refuse();
    const refused = new Client(connect(proxy.port, '127.0.0.1'));
    await refused.closed();
    expect(refused.error).toBe('ECONNREFUSED');
    open.socket.write('b');
    await open.has('ab');
    await proxy.heal();
    await talkingClient();
  });

  it('resets what is open, on both sides', async () => {
    const client = await talkingClient();
    proxy.reset();
    await Promise.all([client.closed(), atServer[0]?.closed()]);
    expect([client.error, atServer[0]?.error]).toEqual(['ECONNRESET', 'ECONNRESET']);
    expect(proxy.connections).toBe(0);
    await talkingClient();
  });

  it('passes on a reset of the server', async () => {
    const client = await talkingClient();
    atServer[0]?.socket.resetAndDestroy();
    await client.closed();
    expect(client.error).toBe('ECONNRESET');
  });

  it('resets the client when nobody listens at the target', async () => {
    server.close();
    const client = new Client(connect(proxy.port, '127.0.0.1'));
    await client.closed();
    expect(client.error).toBe('ECONNRESET');
  });

  it('loses the request and resets', async () => {
    const client = await talkingClient();
    proxy.resetOnNext('up');
    client.socket.write('b');
    await Promise.all([client.closed(), atServer[0]?.closed()]);
    expect([client.received, atServer[0]?.received]).toEqual(['a', 'a']);
    await talkingClient();
  });

  it('loses the reply and resets, after the server got the request', async () => {
    const client = await talkingClient();
    proxy.resetOnNext('down');
    client.socket.write('b');
    await Promise.all([client.closed(), atServer[0]?.closed()]);
    expect([client.received, atServer[0]?.received]).toEqual(['a', 'ab']);
    await talkingClient();
  });

  it('stalls, and delivers everything once it heals', async () => {
    const client = await talkingClient();
    proxy.stall('down');
    client.socket.write('b');
    await atServer[0]?.has('ab');
    await sleep(A_WHILE_MS);
    expect(client.received).toBe('a');
    await proxy.heal();
    await client.has('ab');
  });

  it.each([
    ['up', 'a'],
    ['down', 'ab'],
  ] as const)('swallows %s: the connection stays, nothing arrives', async (direction, atServerThen) => {
    const client = await talkingClient();
    proxy.blackHole(direction);
    client.socket.write('b');
    await sleep(A_WHILE_MS);
    expect(client).toMatchObject({ received: 'a', error: undefined, ended: false });
    expect(atServer[0]?.received).toBe(atServerThen);
  });

  it('accepts new connections into the black hole, and resets those with a gap when it heals', async () => {
    const untouched = await talkingClient();
    proxy.blackHole();
    const lost = await newClient();
    lost.socket.write('b');
    await sleep(A_WHILE_MS);
    expect(lost).toMatchObject({ received: '', error: undefined });
    await proxy.heal();
    await lost.closed();
    expect(lost.error).toBe('ECONNRESET');
    untouched.socket.write('c');
    await untouched.has('ac');
  });

  it('follows a server that has moved', async () => {
    const moved = createServer((socket) => void socket.end('moved')).listen(0, '127.0.0.1');
    await once(moved, 'listening');
    proxy.targetPort = (moved.address() as AddressInfo).port;
    const client = await newClient();
    await client.closed();
    expect(client.received).toBe('moved');
    moved.close();
  });
});
