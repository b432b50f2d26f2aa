import { copyFileSync, existsSync, rmSync, truncateSync } from 'node:fs';
import { basename, join } from 'node:path';
import { cutOff, flipByte } from '../embedded/testing/damage.js';
import { temporaryDirectory } from '../embedded/testing/temporary-directory.js';
import { StoreUnavailable, StoreUnusable } from '../event-store.js';
import { Spool } from './spool.js';
import { spoolFile } from './spool-file.js';

const entry = (id: string, arrival = 1) => ({ id, arrival, text: `{"id":"${id}"}` });

describe('the spool', () => {
  let directory: string;
  beforeEach(() => {
    directory = temporaryDirectory();
  });

  /** What another life of the process finds. */
  const reopened = async () => {
    const spool = await Spool.open({ directory });
    await spool.close();
    return spool.found;
  };

  it('removes as many as there may be at once', async () => {
    const spool = await Spool.open({ directory });
    await spool.put(entry('a'));
    await spool.remove(Array.from({ length: 200_000 }, (_, n) => `gone-${n}`));
    await spool.remove(['a']);
    await spool.close();
    expect(await reopened()).toEqual([]);
  });

  it('keeps what was put, in order of arrival, then in the order in which it was put', async () => {
    const spool = await Spool.open({ directory });
    expect(spool.found).toEqual([]);
    await Promise.all([spool.put(entry('late', 9)), spool.put(entry('b', 5)), spool.put(entry('a', 5))]);
    await spool.close();
    expect(await reopened()).toEqual([
      { id: 'b', arrival: 5, text: '{"id":"b"}', refused: null },
      { id: 'a', arrival: 5, text: '{"id":"a"}', refused: null },
      { id: 'late', arrival: 9, text: '{"id":"late"}', refused: null },
    ]);
  });

  it('keeps the first of two entries under one id', async () => {
    const spool = await Spool.open({ directory });
    await spool.put(entry('a', 5));
    await spool.put({ id: 'a', arrival: 6, text: 'other' });
    await spool.close();
    expect(await reopened()).toEqual([{ ...entry('a', 5), refused: null }]);
  });

  it('lets go of what is removed, and keeps what is refused with the reason', async () => {
    const spool = await Spool.open({ directory });
    await Promise.all(['a', 'b', 'c'].map((id) => spool.put(entry(id))));
    await Promise.all([spool.remove(['a', 'missing']), spool.refuse('b', 'lot-not-found')]);
    await spool.close();
    expect(await reopened()).toEqual([
      { ...entry('b'), refused: 'lot-not-found' },
      { ...entry('c'), refused: null },
    ]);
  });

  it('says no for certain when it may not grow, keeps what it has, and takes more once there is room', async () => {
    const spool = await Spool.open({ directory, maxPages: 40 });
    const kept: string[] = [];
    let refusal: unknown;
    for (let i = 0; refusal === undefined; i += 1) {
      const id = `bid-${i}`;
      await spool.put({ id, arrival: i, text: 'x'.repeat(2_000) }).then(
        () => kept.push(id),
        (error: unknown) => {
          refusal = error;
        },
      );
    }
    expect(refusal).toBeInstanceOf(StoreUnavailable);
    expect(refusal).toMatchObject({ ambiguous: false, message: expect.stringContaining('disk is full') });
    expect(kept.length).toBeGreaterThan(10);
    await spool.remove(kept.slice(0, 10));
    await spool.put(entry('after', 1_000));
    await spool.close();
    expect((await reopened()).map(({ id }) => id)).toEqual([...kept.slice(10), 'after']);
  });

  it('does not open a file that is damaged or foreign, and leaves it as it is', async () => {
    const spool = await Spool.open({ directory });
    for (let i = 0; i < 40; i += 1) await spool.put({ id: `bid-${i}`, arrival: i, text: 'x'.repeat(2_000) });
    await spool.close();
    flipByte(spoolFile(directory), 4_096 + 3);
    await expect(Spool.open({ directory })).rejects.toThrow(StoreUnusable);
    expect(existsSync(spoolFile(directory))).toBe(true);
  });

  describe('behind kill -9', () => {
    const FRAME = 4_096 + 24;
    let main: string;
    let wal: string;
    beforeEach(async () => {
      const spool = await Spool.open({ directory });
      for (const id of ['a', 'b', 'c']) await spool.put(entry(id));
      const killed = temporaryDirectory();
      main = spoolFile(killed);
      wal = `${main}-wal`;
      for (const file of [main, wal]) copyFileSync(join(directory, basename(file)), file);
      await spool.close();
      directory = killed;
    });

    it('has what stands in the log alone', async () => {
      expect((await reopened()).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    });

    it('lacks the last group at most when that one is torn', async () => {
      cutOff(wal, 100);
      expect((await reopened()).map(({ id }) => id)).toEqual(['a', 'b']);
    });

    it.each([
      ['a main file that was emptied', () => truncateSync(main, 0), /spool\.db is empty/],
      ['a log whose main file is gone', () => rmSync(main), /spool\.db is missing, but .*spool\.db-wal holds/],
      ['a log with a damaged header', () => flipByte(wal, 3), /spool\.db-wal is damaged: its header does not check/],
      ['a log with a damaged first frame', () => flipByte(wal, 32 + 500), /spool\.db-wal is damaged: frame 0 is wrong/],
      [
        'a log with a damaged frame that others follow',
        () => flipByte(wal, 32 + FRAME + 500),
        /spool\.db-wal is damaged: frame 1 is wrong/,
      ],
    ])('does not open %s: SQLite alone would drop promises in silence', async (_, harm, reason) => {
      harm();
      const refused = Spool.open({ directory });
      await expect(refused).rejects.toThrow(StoreUnusable);
      await expect(refused).rejects.toThrow(reason);
    });
  });
});
