import { randomBytes } from 'node:crypto';
import { link, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The key behind the aliases of bidders, the secrets of webhooks and of API keys that were issued under an idempotency key, the ids of
 * commands under one, and the cursors of the feed: the one that was set, else one made once and kept (0600) beside the data. Another
 * key makes others of all of them, so it is never made anew over one that is there. Throws for a file that holds no key.
 */
export async function aliasKey(dataDir: string, given: string | undefined): Promise<string> {
  if (given !== undefined) return given;
  const file = join(dataDir, 'alias.key');
  const kept = await contents(file);
  if (kept !== null) return kept;
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(`${randomBytes(32).toString('base64url')}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  // Whole or not at all; of two that begin at once, one wins.
  await link(draft, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(draft);
  return (await contents(file)) as string;
}

async function contents(file: string): Promise<string | null> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return null;
  const key = text.trim();
  if (key.length < 16) {
    throw new Error(`${file} holds no key: take it back from the backup; another key gives bidders other aliases`);
  }
  return key;
}
