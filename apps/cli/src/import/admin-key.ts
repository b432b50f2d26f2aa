import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../failure.js';

const FORM = /^[!-~]+$/;

/** The admin key: as given, else GAVEL_ADMIN_KEY, else what the server keeps in its data directory. Throws Failure. */
export async function adminKey(given: string | undefined, env: NodeJS.ProcessEnv, dataDir: string): Promise<string> {
  const [source, key] = await found(given, env, dataDir);
  if (!FORM.test(key)) throw new Failure(`${source} holds no key: a key is printable and has no blanks`);
  return key;
}

async function found(given: string | undefined, env: NodeJS.ProcessEnv, dataDir: string): Promise<[string, string]> {
  if (given !== undefined) return ['--key', given];
  const set = env['GAVEL_ADMIN_KEY'];
  if (set) return ['GAVEL_ADMIN_KEY', set];
  const file = join(dataDir, 'admin.key');
  try {
    return [file, (await readFile(file, 'utf8')).trim()];
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Failure(
      `no admin key: give --key or GAVEL_ADMIN_KEY, or --data-dir with the server's admin.key (${file}: ${code})`,
    );
  }
}
