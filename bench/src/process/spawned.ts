import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Scope } from './scope.js';

export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** For how long at most, milliseconds. */
  readonly patienceMs: number;
}

/** Runs a program to its end and answers what it wrote. Rejects with its words when it fails or takes too long. */
export async function runToEnd(scope: Scope, program: Program): Promise<string> {
  const child = start(scope, program);
  const output = collect(child);
  const timer = setTimeout(() => child.kill('SIGKILL'), program.patienceMs);
  const [code, signal] = await once(child, 'close');
  clearTimeout(timer);
  if (code !== 0) throw new Error(`${nameOf(program)} ended with ${code ?? signal}: ${output().trim()}`);
  return output();
}

/** Starts a server and waits until `ready` finds in its output what it looks for. */
export async function startServer<Found>(
  scope: Scope,
  program: Program,
  ready: (output: string) => Found | undefined,
): Promise<{ child: ChildProcess; found: Found }> {
  const child = start(scope, program);
  const output = collect(child);
  const found = await new Promise<Found>((resolve, reject) => {
    const giveUp = (why: string) => reject(new Error(`${nameOf(program)} ${why}: ${output().trim()}`));
    const timer = setTimeout(() => giveUp('was not ready in time'), program.patienceMs);
    child.once('exit', () => giveUp('ended at its start'));
    child.stdout?.on('data', () => {
      const what = ready(output());
      if (what === undefined) return;
      clearTimeout(timer);
      resolve(what);
    });
  });
  return { child, found };
}

function start(scope: Scope, { command, args, env }: Program): ChildProcess {
  const child = spawn(command, args, {
    env: { PATH: process.env['PATH'], NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  scope.adopt(child);
  return child;
}

function collect(child: ChildProcess): () => string {
  let output = '';
  const add = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-1_000_000);
  };
  child.stdout?.on('data', add);
  child.stderr?.on('data', add);
  return () => output;
}

const nameOf = ({ command, args }: Program): string => [command, ...args].join(' ');
