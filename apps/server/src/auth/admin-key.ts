import { randomBytes } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface AdminKey {
  readonly key: string;
  /** True only at the start that made it: then it is shown, once. */
  readonly isNew: boolean;
  /** Where it is kept; null when it was given as a setting. */
  readonly file: string | null;
}

/** The first credential: the one that was set, else one made at the first start and kept (0600) beside the data. */
export async function adminKey(dataDir: string, given: string | undefined): Promise<AdminKey> {
  if (given !== undefined) return { key: given, isNew: false, file: null };
  const file = join(dataDir, 'admin.key');
  const kept = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (kept !== null && kept.trim() !== '') return { key: kept.trim(), isNew: false, file };
  const key = `gvl_admin_${randomBytes(32).toString('base64url')}`;
  const handle = await open(file, 'w', 0o600);
  try {
    await handle.writeFile(`${key}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { key, isNew: true, file };
}
