import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs `test` in a directory that is new and goes away after it. */
export async function inDirectory<Result>(test: (directory: string) => Promise<Result>): Promise<Result> {
  const directory = mkdtempSync(join(tmpdir(), 'gavel-read-models-'));
  try {
    return await test(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
