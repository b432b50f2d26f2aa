import { copyFileSync, existsSync, mkdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Database from 'libsql';
import { flipByte, overwrite } from '#event-store/embedded/testing/damage.js';
import { StoreUnavailable, StoreUnusable } from '#event-store/event-store.js';
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
    expect(() => new Journal(directory)).toThrow(`${file} is damaged: file is not a database`);
    expect(await readFile(file, 'utf8')).toBe(text);
  });

  it('goes on with a file of the first format, which knew neither pauses nor redeliveries nor what stands where a lane is', () => {
    const lane = { live: '7', liveEvent: null, replay: { from: null, until: '9' }, failingSince: 5, pausedUntil: null };
    const before = new Journal(directory);
    before.commit([], new Map([['one', lane]]));
    before.close();
    const db = new Database(file);
    const columns = ['live_event', 'paused_until'].map((name) => `ALTER TABLE lanes DROP COLUMN ${name};`).join(' ');
    db.exec(`DROP TABLE redeliveries; ${columns} PRAGMA user_version = 1`);
    db.close();
    const journal = new Journal(directory);
    expect(journal.lanes('one')).toEqual(lane);
    const since = { ...lane, liveEvent: 'an event', pausedUntil: 11 };
    journal.commit([], new Map([['one', since]]));
    expect(journal.lanes('one')).toEqual(since);
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
    expect(() => new Journal(directory)).toThrow(`${file} has format 99, of another Gavel`);
  });

  describe('that holds deliveries', () => {
    const PAGE = 4_096;
    const FRAME = PAGE + 24;
    const lane = (live: string) => ({ live, liveEvent: null, replay: null, failingSince: null, pausedUntil: null });
    let journal: Journal;
    beforeEach(() => {
      journal = new Journal(directory);
      for (const live of ['1', '2', '3']) journal.commit([], new Map([['one', lane(live)]]));
    });

    /** Goes on in a directory as kill -9 leaves it: what was committed stands in the log alone. */
    const kill = () => {
      const killed = join(directory, 'killed');
      mkdirSync(killed);
      for (const name of ['webhooks.db', 'webhooks.db-wal']) copyFileSync(join(directory, name), join(killed, name));
      journal.close();
      file = join(killed, 'webhooks.db');
    };

    const refused = (reason: string) => {
      expect(() => new Journal(dirname(file))).toThrow(StoreUnusable);
      expect(() => new Journal(dirname(file))).toThrow(reason);
    };

    it('leaves no log behind when it is closed', () => {
      journal.close();
      expect(existsSync(`${file}-wal`) ? statSync(`${file}-wal`).size : 0).toBe(0);
    });

    it('does not open a file with a damaged page', () => {
      journal.close();
      for (let page = 1; page < statSync(file).size / PAGE; page += 1) {
        overwrite(file, page * PAGE, Buffer.alloc(200, 0xa5));
      }
      refused(`${file} is damaged: `);
    });

    it('does not open a file that was emptied, nor one whose log alone is there', () => {
      kill();
      truncateSync(file, 0);
      refused(`${file} is empty`);
      rmSync(file);
      refused(`${file} is missing`);
    });

    it('does not open a file whose log has a damaged header', () => {
      kill();
      flipByte(`${file}-wal`, 3);
      refused(`${file}-wal is damaged: its header does not check`);
    });

    it('goes back to what stands in front of a frame that a power cut left in pieces', () => {
      kill();
      expect(statSync(`${file}-wal`).size).toBe(32 + 3 * FRAME);
      flipByte(`${file}-wal`, 32 + FRAME + 500);
      const again = new Journal(dirname(file));
      expect(again.lanes('one')).toEqual(lane('1'));
      again.close();
    });

    it('names itself when it cannot be read while it is in use', () => {
      const db = new Database(file);
      db.exec('DROP TABLE lanes');
      db.close();
      expect(() => journal.lanes('one')).toThrow(StoreUnavailable);
      expect(() => journal.lanes('one')).toThrow(`${file} cannot be read: `);
      journal.close();
    });
  });
});
