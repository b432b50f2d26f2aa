import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { Scope } from './scope.js';
import { startServer } from './spawned.js';

/**
 * Starts a Redis that answers a write once it is on disk, as Gavel does; it rewrites no file and takes no snapshot meanwhile.
 * Answers its port.
 */
export async function startRedis(scope: Scope): Promise<number> {
  const port = await freePort();
  const directory = scope.directory('redis');
  const settings = {
    bind: '127.0.0.1',
    port: String(port),
    dir: directory,
    save: '',
    appendonly: 'yes',
    appendfsync: 'always',
    'auto-aof-rewrite-percentage': '0',
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  const program = { command: 'redis-server', args, patienceMs: 15_000 };
  const ready = (output: string) => (output.includes('Ready to accept connections') ? true : undefined);
  await startServer(scope, program, ready);
  return port;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
