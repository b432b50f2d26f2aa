import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { ExitCode } from '../failure.js';
import { runGavel } from '../gavel.js';

export interface Finished {
  readonly exitCode: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command in this process. */
export async function runCli(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Finished> {
  const stdout = new Collected();
  const stderr = new Collected();
  const exitCode = await runGavel(args, { stdout, stderr, env, exitCode: 0 });
  return { exitCode, stdout: stdout.text, stderr: stderr.text };
}

class Collected extends Writable {
  text = '';
  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text += chunk.toString('utf8');
    done();
  }
}

/** The program as it is started from outside. */
export const MAIN = fileURLToPath(new URL('../main.js', import.meta.url));

/** docs/examples/bids.csv: tests run from dist/. */
export const EXAMPLE = fileURLToPath(new URL('../../../../../docs/examples/bids.csv', import.meta.url));

export const newDirectory = (): Promise<string> => mkdtemp(join(tmpdir(), 'gavel-cli-'));

/** A new file with this content; answers its path. */
export async function newFile(content: string | Buffer, name = 'bids.csv'): Promise<string> {
  const file = join(await newDirectory(), name);
  await writeFile(file, content);
  return file;
}
