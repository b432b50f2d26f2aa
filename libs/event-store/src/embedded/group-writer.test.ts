import fc from 'fast-check';
import { type GroupAppend, NO_STREAM, type Outcome, packGroup, unpackGroup } from './commit-group.js';
import { type Connection, number, rowsOf } from './connection.js';
import { allProblems } from './content-checks.js';
import { GroupWriter } from './group-writer.js';
import { openFiles } from './open-files.js';
import { StorageFailure } from './storage-failure.js';
import { temporaryDirectory } from './testing/temporary-directory.js';

let made = 0;

function append(stream: string, expected: number, count = 1, size = 10): GroupAppend {
  const data = JSON.stringify('x'.repeat(size));
  return { stream, expected, rows: Array.from({ length: count }, () => [`id-${++made}`, 'BidPlaced', 1, data, '{}']) };
}

describe('a group of appends', () => {
  let db: Connection;
  let writer: GroupWriter;
  const commit = (...appends: GroupAppend[]): Outcome[] => writer.commit(packGroup(appends, 7));
  beforeEach(() => {
    const files = openFiles(temporaryDirectory(), undefined);
    db = files.db;
    writer = new GroupWriter(db, files.file);
  });
  afterEach(() => {
    expect(allProblems(db)).toEqual([]);
    db.close();
  });

  it('is one transaction in which each append stands at its own revision', () => {
    const outcomes = commit(
      append('a', NO_STREAM, 2),
      append('b', NO_STREAM),
      append('a', 1),
      append('a', 1),
      append('b', 5),
    );
    expect(outcomes).toEqual([1, 3, 4, { conflict: 2 }, { conflict: 0 }]);
    expect(writer.head).toBe(4);
  });

  it('recognises the repeat of an append of the same group, also one that began the stream', () => {
    const [first, second] = [append('a', NO_STREAM, 2), append('a', 1)];
    const [one, two, ...repeats] = commit(first, second, first, second);
    expect([one, two]).toEqual([1, 3]);
    const rows = [...first.rows, ...second.rows].map(
      ([id, type, version, data, metadata], i) =>
        `[${i + 1},"a",${i},"${id}","${type}",${version},${data},${metadata},7]`,
    );
    expect(repeats).toEqual([{ repeat: `${rows[0]},${rows[1]}` }, { repeat: rows[2] }]);
  });

  describe('that does not fit on the disk', () => {
    const tooMuch = (stream: string, expected: number) => append(stream, expected, 30, 100_000);
    beforeEach(() => {
      commit(append('a', NO_STREAM, 2));
      db.exec('PRAGMA max_page_count=200');
    });

    it('leaves nothing behind, of any of its appends', () => {
      expect(() => commit(append('a', 1), tooMuch('b', NO_STREAM), append('c', NO_STREAM))).toThrow(StorageFailure);
      expect(number(db, 'SELECT count(*) FROM events')).toBe(2);
      expect(rowsOf(db, 'SELECT name, revision FROM streams').all([])).toEqual([['a', 1]]);
      expect(writer.head).toBe(2);
    });

    it('is forgotten: revisions, positions and keys go on from what was committed', () => {
      expect(() => commit(append('a', 1), append('new', NO_STREAM), tooMuch('a', 2))).toThrow(/disk is full/);
      expect(commit(append('a', 2), append('new', 0))).toEqual([{ conflict: 1 }, { conflict: NO_STREAM }]);
      expect(commit(append('new', NO_STREAM), append('other', NO_STREAM), append('a', 1))).toEqual([3, 4, 5]);
      expect(commit(append('new', 0), append('other', 0), append('a', 2))).toEqual([6, 7, 8]);
    });

    it('is committed when it is made again with space', () => {
      const group = [append('a', 1), tooMuch('b', NO_STREAM)];
      expect(() => commit(...group)).toThrow(StorageFailure);
      db.exec('PRAGMA max_page_count=1000000');
      expect(commit(...group)).toEqual([3, 4]);
    });
  });

  describe('that contradicts what stands in the tables stops the writer, so that nothing is written over damage:', () => {
    const expectStopped = (late: GroupWriter, damage: RegExp) => {
      expect(() => late.commit(packGroup([append('a', 1)], 0))).toThrow(damage);
      expect(() => late.commit(packGroup([append('b', NO_STREAM)], 0))).toThrow(damage);
    };
    beforeEach(() => void commit(append('a', NO_STREAM, 3)));

    it('a stream that is told to end before its last event', () => {
      db.exec("UPDATE streams SET revision = 1 WHERE name = 'a'");
      expectStopped(new GroupWriter(db, 'events.db'), /the store is damaged: a ends at revision 1, its events at 2/);
      db.exec("UPDATE streams SET revision = 2 WHERE name = 'a'");
    });

    it('a position that is taken', () => {
      const late = new GroupWriter(db, 'events.db');
      commit(append('c', NO_STREAM));
      const damage = /events\.db is damaged: UNIQUE constraint failed/;
      expect(() => late.commit(packGroup([append('b', NO_STREAM)], 0))).toThrow(damage);
      expectStopped(late, damage);
    });
  });
});

describe('the packing of a group', () => {
  it('is undone by the unpacking, whatever the texts', () => {
    const text = fc.string({ unit: 'binary' });
    const row = fc.tuple(text, text, fc.nat(), text, text);
    const one = fc.record({ stream: text, expected: fc.integer({ min: -1 }), rows: fc.array(row, { minLength: 1 }) });
    fc.assert(
      fc.property(fc.array(one), (appends) => {
        expect(unpackGroup(structuredClone(packGroup(appends, 0)))).toEqual(appends);
      }),
    );
  });
});
