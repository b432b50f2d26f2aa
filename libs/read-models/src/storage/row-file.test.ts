import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { inDirectory } from '../testing/in-directory.js';
import { rowFileWith } from '../testing/row-file-with.js';
import { RowFile } from './row-file.js';
import type { RowCells } from './written-row.js';

const cells = (keys: readonly string[]): RowCells => keys.flatMap((key) => [key, `{"key":"${key}"}`, null]);
const keysOf = (rows: readonly (readonly [string, ...unknown[]])[]) => rows.map(([key]) => key);

test('a prefix matches neither a longer sibling nor a neighbour', async () => {
  await inDirectory(async (directory) => {
    const keys = ['a', 'a/1', 'a/2', 'a0/1', 'a-/1', 'ab/1', 'b/1', 'a/~', 'a/é', 'a//'];
    const file = await rowFileWith(directory, cells(keys));
    expect(keysOf(file.scan({ prefix: 'a/', limit: 10 }))).toEqual(['a//', 'a/1', 'a/2', 'a/~', 'a/é']);
    expect(keysOf(file.scan({ prefix: 'a/', limit: 10, descending: true }))).toEqual([
      'a/é',
      'a/~',
      'a/2',
      'a/1',
      'a//',
    ]);
    expect(file.scan({ prefix: 'c/', limit: 10 })).toEqual([]);
    expect(keysOf(file.scan({ prefix: '', limit: 100 }))).toEqual([...keys].sort());
  });
});

test('a prefix is taken literally, whatever it would mean in a pattern', async () => {
  await inDirectory(async (directory) => {
    const file = await rowFileWith(directory, cells(['%/1', '_/1', 'a/1', '*/1', '[a]/1']));
    for (const prefix of ['%/', '_/', '*/', '[a]/']) {
      expect(keysOf(file.scan({ prefix, limit: 10 }))).toEqual([`${prefix}1`]);
    }
  });
});

test('paging from cursor to cursor gives every key of the prefix once, in order, both ways', async () => {
  await inDirectory(async (directory) => {
    const key = fc.stringMatching(/^[ab][-/0]?[0-9]{0,2}\/[0-9]{1,3}$/);
    let runs = 0;
    const property = fc.asyncProperty(
      fc.uniqueArray(key, { maxLength: 60 }),
      fc.constantFrom('', 'a/', 'b/', 'a0/', 'a', 'b-'),
      fc.integer({ min: 1, max: 7 }),
      fc.boolean(),
      async (keys, prefix, limit, descending) => {
        runs += 1;
        const file = await rowFileWith(directory, cells(keys), `${runs}.db`);
        const seen: string[] = [];
        for (;;) {
          const after = seen.at(-1);
          const page = keysOf(file.scan({ prefix, limit, descending, ...(after === undefined ? {} : { after }) }));
          seen.push(...page);
          if (page.length < limit) break;
        }
        const expected = keys.filter((found) => found.startsWith(prefix)).sort();
        expect(seen).toEqual(descending ? expected.reverse() : expected);
      },
    );
    await fc.assert(property, { numRuns: 25 });
  });
});

test('a cursor outside the prefix neither leaves it nor skips into it', async () => {
  await inDirectory(async (directory) => {
    const file = await rowFileWith(directory, cells(['a/1', 'b/1', 'b/2', 'c/1']));
    expect(keysOf(file.scan({ prefix: 'b/', after: 'a/1', limit: 5 }))).toEqual(['b/1', 'b/2']);
    expect(keysOf(file.scan({ prefix: 'b/', after: 'c/1', limit: 5 }))).toEqual([]);
    expect(keysOf(file.scan({ prefix: 'b/', after: 'c/1', limit: 5, descending: true }))).toEqual(['b/2', 'b/1']);
    expect(keysOf(file.scan({ prefix: 'b/', after: 'a/1', limit: 5, descending: true }))).toEqual([]);
  });
});

test('due rows come earliest first, equal times in the order of the keys', async () => {
  await inDirectory(async (directory) => {
    const file = await rowFileWith(directory, [
      'd',
      '{}',
      20,
      'a',
      '{}',
      30,
      'c',
      '{}',
      20,
      'b',
      '{}',
      null,
      'e',
      '{}',
      10,
    ]);
    expect(file.due(19, 9).map(([key]) => key)).toEqual(['e']);
    expect(file.due(20, 9).map(([key]) => key)).toEqual(['e', 'c', 'd']);
    expect(file.due(99, 3).map(([key]) => key)).toEqual(['e', 'c', 'd']);
    expect(file.due(9, 9).map(([key]) => key)).toEqual([]);
  });
});

test('of a key that is written again in a build the newest row stays, and a deleted one goes', async () => {
  await inDirectory(async (directory) => {
    const later: RowCells[] = [
      ['a', '2', 7, 'b', null, null, 'c', null, null],
      ['c', '3', null],
    ];
    const file = await rowFileWith(directory, ['a', '1', 5, 'b', '1', 6], 'rows.db', later);
    expect(file.scan({ prefix: '', limit: 9 })).toEqual([
      ['a', '2', 7],
      ['c', '3', null],
    ]);
  });
});

test('a file that is missing, empty, foreign or a directory is damaged; none is made', async () => {
  await inDirectory(async (directory) => {
    const missing = join(directory, 'missing.db');
    expect(() => new RowFile(missing)).toThrow('Unable to open');
    expect(() => new RowFile(missing)).toThrow(expect.objectContaining({ name: 'CorruptRows' }));
    writeFileSync(join(directory, 'empty.db'), '');
    expect(() => new RowFile(join(directory, 'empty.db'))).toThrow('is not complete');
    writeFileSync(join(directory, 'foreign.db'), 'x'.repeat(8_192));
    expect(() => new RowFile(join(directory, 'foreign.db'))).toThrow('file is not a database');
    mkdirSync(join(directory, 'folder.db'));
    expect(() => new RowFile(join(directory, 'folder.db'))).toThrow();
  });
});

test('a directory with ?, # and % in its name is no trouble', async () => {
  await inDirectory(async (directory) => {
    const odd = join(directory, 'a?b#c%41 d');
    mkdirSync(odd);
    const file = await rowFileWith(odd, cells(['k']));
    expect(file.get('k')).toBe('{"key":"k"}');
    expect(file.get('none')).toBeNull();
  });
});
