import { freePort } from '#testing/free-ports.js';
import type { Scope } from './scope.js';
import { startServer } from './spawned.js';

/** Answers a write once it is on disk, as Gavel does; rewrites no file meanwhile. */
const DURABLE = { appendonly: 'yes', appendfsync: 'always', 'auto-aof-rewrite-percentage': '0' };

/** Starts a Redis that takes no snapshots, and is as durable as Gavel or keeps nothing, as hints need. Answers its port. */
export async function startRedis(scope: Scope, keeps: 'durable' | 'hints'): Promise<number> {
  const port = await freePort();
  const directory = scope.directory('redis');
  const settings = {
    bind: '127.0.0.1',
    port: String(port),
    dir: directory,
    save: '',
    ...(keeps === 'durable' ? DURABLE : { appendonly: 'no' }),
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  const program = { command: 'redis-server', args, patienceMs: 15_000 };
  const ready = (output: string) => (output.includes('Ready to accept connections') ? true : undefined);
  await startServer(scope, program, ready);
  return port;
}
