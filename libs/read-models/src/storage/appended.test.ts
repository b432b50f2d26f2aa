import { join } from 'node:path';
import fc from 'fast-check';
import { compareKeys } from '../row-keys.js';
import { inDirectory } from '../testing/in-directory.js';
import { rowFileWith } from '../testing/row-file-with.js';
import { CommitFiles } from './commit-files.js';
import { RowFile } from './row-file.js';
import type { RowCells } from './written-row.js';

const PREFIXES = ['lot/a/', 'lot/b/', 'lot/', 'bidder/é/'];

/** Rows under one to three keys that nobody else has. */
const rowsUnder = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...PREFIXES), fc.stringMatching(/^[0-9a-z~é]{1,4}$/)), {
    selector: ([prefix, rest]) => prefix + rest,
    maxLength: 40,
  })
  .map((parts) => parts.map(([prefix, rest]) => prefix + rest))
  .chain((keys) =>
    fc.tuple(fc.constant(keys), fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 40, maxLength: 40 })),
  )
  .map(([keys, sizes]) => {
    const rows: string[][] = [];
    for (let at = 0; at < keys.length; at += rows.at(-1)?.length ?? 0) rows.push(keys.slice(at, at + (sizes[at] ?? 1)));
    return rows;
  });

const cellsOf = (rows: readonly (readonly string[])[]): RowCells =>
  rows.flatMap(([key = '', second = null, third = null]) => [key, JSON.stringify(key), second, third]);

test('a row is found under each of its keys, and a scan has those of its prefix in their order, both ways', async () => {
  await inDirectory(async (directory) => {
    let runs = 0;
    const property = fc.asyncProperty(
      rowsUnder,
      fc.constantFrom('', 'none/', ...PREFIXES),
      fc.option(fc.tuple(fc.constantFrom('', ...PREFIXES, 'm/'), fc.stringMatching(/^[0-9a-z]{0,2}$/))),
      fc.integer({ min: 1, max: 9 }),
      fc.boolean(),
      async (rows, prefix, cursor, limit, descending) => {
        runs += 1;
        const file = await rowFileWith(directory, cellsOf(rows), `${runs}.db`, [], true);
        const first = new Map(rows.flatMap((keys) => keys.map((key) => [key, keys[0] ?? ''])));
        for (const [key, value] of first) expect(file.get(key)).toBe(JSON.stringify(value));
        expect(file.get(`${prefix}-`)).toBeNull();

        const after = cursor?.join('');
        const compare = descending ? (a: string, b: string) => compareKeys(b, a) : compareKeys;
        const expected = [...first.keys()]
          .filter((key) => prefix === '' || key.slice(0, key.lastIndexOf('/') + 1) === prefix)
          .filter((key) => after === undefined || compare(key, after) > 0)
          .sort(compare)
          .slice(0, limit);
        const found = file.scan({ prefix, limit, descending, ...(after !== undefined && { after }) });
        expect(found).toEqual(expected.map((key) => [key, JSON.stringify(first.get(key)), null]));
        expect([...file.all()].map(([, key, , , second, third]) => [key, second, third])).toEqual(
          rows.map(([key, second = null, third = null]) => [key, second, third]),
        );
        file.close();
      },
    );
    await fc.assert(property, { numRuns: 40 });
  });
});

test('a commit that is rolled back takes its new prefixes with it', async () => {
  await inDirectory(async (directory) => {
    (await rowFileWith(directory, cellsOf([['lot/a/1']]), 'rows.db', [], true)).close();
    const path = join(directory, 'rows.db');
    const files = new CommitFiles();
    const commit = (rows: RowCells, position: string) => files.handle({ kind: 'commit', file: path, rows, position });
    files.handle({ kind: 'limit', file: path, pages: 20 });
    const large = ['lot/new/1', JSON.stringify('x'.repeat(200_000)), null, null];
    expect(() => commit(large, '2')).toThrow('full');
    commit(cellsOf([['lot/other/1', 'lot/new/2']]), '2');
    const file = new RowFile(path);
    expect([...file.all()].map(([, key, , , second]) => [key, second])).toEqual([
      ['lot/a/1', null],
      ['lot/other/1', 'lot/new/2'],
    ]);
    expect(file.get('lot/new/2')).toBe('"lot/other/1"');
    file.close();
  });
});
