import fc from 'fast-check';
import { Handlers } from './handlers.js';
import { projections } from './projections/projections.js';
import { compareKeys } from './row-keys.js';
import { RowsAhead } from './rows-ahead.js';
import { inDirectory } from './testing/in-directory.js';
import { rowFileWith } from './testing/row-file-with.js';

interface Row {
  readonly n: number;
  readonly due: number | null;
}

const handlers = new Handlers<Row>({
  ...(projections.webhooks as never as ConstructorParameters<typeof Handlers<Row>>[0]),
  dueAt: ({ due }) => due,
});

const key = fc.stringMatching(/^[ab]\/[0-9é\u{1F600}\u{FFFD}]{1,2}$/u);
const due = fc.option(fc.integer({ min: 1, max: 9 }));
const row = fc.record({ n: fc.nat(99), due });
const cellsOf = (rows: ReadonlyMap<string, Row>) =>
  [...rows].flatMap(([name, each]) => [name, JSON.stringify(each), each.due]);

test('rows ahead of a file read like the file that holds them: by key, by prefix and by what is due', async () => {
  await inDirectory(async (directory) => {
    let runs = 0;
    const property = fc.asyncProperty(
      fc.array(fc.tuple(key, row), { maxLength: 40 }),
      fc.array(fc.tuple(key, fc.option(row)), { maxLength: 40 }),
      fc.record({
        prefix: fc.constantFrom('', 'a/', 'b/'),
        after: fc.option(fc.oneof(key, fc.constantFrom('a', 'c')), { nil: undefined }),
        limit: fc.integer({ min: 1, max: 9 }),
        descending: fc.boolean(),
      }),
      fc.integer({ min: 0, max: 10 }),
      async (inFile, changed, { prefix, after, limit, descending }, at) => {
        runs += 1;
        const held = new Map(inFile);
        const file = await rowFileWith(directory, cellsOf(held), `${runs}.db`);
        const ahead = new RowsAhead(file, handlers);
        ahead.put(new Map(changed));
        const expected = new Map(held);
        for (const [name, each] of changed) each === null ? expected.delete(name) : expected.set(name, each);

        const order = descending ? (a: string, b: string) => compareKeys(b, a) : compareKeys;
        const page = [...expected.keys()]
          .filter((name) => name.startsWith(prefix) && (after === undefined || order(name, after) > 0))
          .sort(order)
          .slice(0, limit);
        const options = { prefix, limit, descending, ...(after !== undefined && { after }) };
        expect(ahead.scan(options)).toEqual(page.map((name) => ({ key: name, row: expected.get(name) })));

        const dueKeys = [...expected]
          .filter(([, each]) => each.due !== null && each.due <= at)
          .sort(([a, { due: first }], [b, { due: second }]) => Number(first) - Number(second) || compareKeys(a, b))
          .map(([name]) => name);
        expect(ahead.due(at, limit)).toEqual(dueKeys.slice(0, limit));
        file.close();
      },
    );
    await fc.assert(property, { numRuns: 60 });
  });
});

test('a row that changes while it is written stays ahead', async () => {
  await inDirectory(async (directory) => {
    const ahead = new RowsAhead(await rowFileWith(directory, []), handlers);
    const first = { n: 1, due: null };
    ahead.put(
      new Map([
        ['a/1', first],
        ['a/2', first],
      ]),
    );
    const writing = ahead.all();
    ahead.put(new Map([['a/1', { n: 2, due: null }]]));
    ahead.written(writing);
    expect([ahead.size, ahead.get('a/1'), ahead.get('a/2')]).toEqual([1, { n: 2, due: null }, undefined]);
  });
});
