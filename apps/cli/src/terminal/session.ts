import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { ExitCode } from '../failure.js';

/** One run of the program: where it writes, what it is given, how it ends. */
export interface Session {
  /** The answer, and with `--json` one JSON document and nothing else. */
  readonly stdout: Writable;
  /** Messages and progress; nothing waits for who reads them. */
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly env: NodeJS.ProcessEnv;
  /** Set before the answer is written: whoever reads that may leave in the middle. */
  exitCode: ExitCode;
}

/** Writes a part of the answer, and waits while the reader is slower than the writer: what is not yet read stays bounded. */
export async function write({ stdout }: Session, text: string): Promise<void> {
  if (!stdout.write(text)) await once(stdout, 'drain');
}

/** The answer as one JSON document. */
export const writeJson = (session: Session, document: unknown): Promise<void> =>
  write(session, `${JSON.stringify(document, null, 2)}\n`);
