import { writeFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { StoreUnusable } from '#event-store/event-store.js';
import { Journal } from './journal.js';

describe('the journal of the webhooks', () => {
  let directory: string;
  let file: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'gavel-journal-'));
    file = join(directory, 'webhooks.db');
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('does not open what is no database, names the file, and leaves it as it is', async () => {
    const text = 'this is no database, but it is long enough to be looked at'.repeat(100);
    writeFileSync(file, text);
    expect(() => new Journal(directory)).toThrow(StoreUnusable);
    expect(() => new Journal(directory)).toThrow(`${file} cannot be used: `);
    expect(await readFile(file, 'utf8')).toBe(text);
  });

  it('goes on with a file of the first format, which knew neither pauses nor redeliveries', () => {
    const lane = { live: '7', replay: { from: null, until: '9' }, failingSince: 5, pausedUntil: null };
    const before = new Journal(directory);
    before.commit([], new Map([['one', lane]]));
    before.close();
    const db = new Database(file);
    db.exec('DROP TABLE redeliveries; ALTER TABLE lanes DROP COLUMN paused_until; PRAGMA user_version = 1');
    db.close();
    const journal = new Journal(directory);
    expect(journal.lanes('one')).toEqual(lane);
    journal.commit([], new Map([['one', { ...lane, pausedUntil: 11 }]]));
    expect(journal.lanes('one')).toEqual({ ...lane, pausedUntil: 11 });
    const redelivered = { digest: 'a', deliveries: null };
    journal.keepRedelivery('one', 'command', redelivered, 5);
    expect(journal.redelivery('command')).toEqual(redelivered);
    journal.dropBefore(6);
    expect(journal.redelivery('command')).toBeNull();
    journal.close();
  });

  it('does not open a file of another Gavel', () => {
    new Journal(directory).close();
    const db = new Database(file);
    db.exec('PRAGMA user_version = 99');
    db.close();
    expect(() => new Journal(directory)).toThrow(`${file} cannot be used: it has format 99, of another Gavel`);
  });
});
