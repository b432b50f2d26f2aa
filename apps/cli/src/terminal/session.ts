import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { ExitCode } from '../failure.js';

/** One run of the program: where it writes, what it is given, how it ends. */
export interface Session {
  /** The answer, and with `--json` one JSON document and nothing else. */
  readonly stdout: Writable;
  /** Messages and progress. */
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly env: NodeJS.ProcessEnv;
  exitCode: ExitCode;
}

/** Writes, and waits while the reader is slower than the writer: what is not yet read stays bounded. */
export async function write(stream: Writable, text: string): Promise<void> {
  if (!stream.write(text)) await once(stream, 'drain');
}

/** The answer as one JSON document. */
export const writeJson = (session: Session, document: unknown): Promise<void> =>
  write(session.stdout, `${JSON.stringify(document, null, 2)}\n`);
