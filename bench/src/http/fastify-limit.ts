import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Scope } from '../process/scope.js';
import { startServer } from '../process/spawned.js';
import { type Cores, pinned } from './cores.js';
import { urlIn } from './url-in.js';

const PROGRAM = fileURLToPath(new URL('../subjects/fastify-server.js', import.meta.url));

export interface FastifyLimit {
  readonly url: string;
  readonly child: ChildProcess;
}

/** Starts the server that only answers. */
export async function startFastifyLimit(scope: Scope, cores: Cores): Promise<FastifyLimit> {
  const program = pinned(cores, { command: process.execPath, args: [PROGRAM], patienceMs: 15_000 });
  const { child, found } = await startServer(scope, program, urlIn);
  return { url: found, child };
}
