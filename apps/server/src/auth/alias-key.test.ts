import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings } from '../settings.js';
import { aliasKey } from './alias-key.js';

describe('the key of the aliases', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'gavel-alias-'));
  });
  afterEach(() => rm(dataDir, { recursive: true }));

  it('is the one that was set, and then none is kept', async () => {
    expect(await aliasKey(dataDir, 'a-key-that-was-set')).toBe('a-key-that-was-set');
    expect(await readdir(dataDir)).toEqual([]);
  });

  it('is made once, kept for its owner alone, and the same at every later start', async () => {
    const key = await aliasKey(dataDir, undefined);
    expect(key).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect((await stat(join(dataDir, 'alias.key'))).mode & 0o777).toBe(0o600);
    expect(await aliasKey(dataDir, undefined)).toBe(key);
    expect(await readdir(dataDir)).toEqual(['alias.key']);
  });

  it('is one key when several begin at once', async () => {
    const keys = await Promise.all(Array.from({ length: 8 }, () => aliasKey(dataDir, undefined)));
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toBe((await readFile(join(dataDir, 'alias.key'), 'utf8')).trim());
  });

  it('is never made anew over a file that was emptied', async () => {
    await writeFile(join(dataDir, 'alias.key'), '\n');
    await expect(aliasKey(dataDir, undefined)).rejects.toThrow('alias.key holds no key');
  });

  it('must be set where several instances can share a store', () => {
    expect(() => readSettings({ EVENTSTORE_URL: 'esdb://localhost:2113' })).toThrow(
      'GAVEL_ALIAS_KEY is missing, but EVENTSTORE_URL is set: every instance needs the same one',
    );
  });
});
