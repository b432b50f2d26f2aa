import { catalogue } from '#contracts/events/catalogue.js';
import type { Projection } from '../projection.js';
import { openReadModels } from '../read-models.js';
import type { AuctionRow, KeyRow, LotRow } from '../rows.js';
import { expectedRows } from '../testing/expected-rows.js';
import { filledStore } from '../testing/filled-store.js';
import { inDirectory } from '../testing/in-directory.js';
import { keys } from './keys.js';
import { projections } from './projections.js';

test('the compiler refuses a projection that forgets an event type', () => {
  const { KeyRevoked: _, ...forgetful } = keys.on;
  // @ts-expect-error KeyRevoked is missing
  const projection: Projection<KeyRow> = { ...keys, on: forgetful };
  expect(projection.name).toBe('keys');
});

test('every projection names exactly the types of the catalogue', () => {
  const types = catalogue.map(({ type }) => type).sort();
  for (const { on } of Object.values(projections)) expect(Object.keys(on).sort()).toEqual(types);
});

test('rows of these versions have these fields: whoever changes them raises the version, or old rows go on serving', async () => {
  const { lots, auctions } = expectedRows(filledStore().events);
  const fields = (row: unknown) => Object.keys(row as object).join(' ');
  const [lot] = Object.values(lots ?? {}) as LotRow[];
  const [auction] = Object.values(auctions ?? {});
  expect([projections.lots.version, fields(lot), fields(lot?.lot)]).toEqual([
    1,
    'lot revision position',
    'phase lotId auctionId ordinal terms extendsAsGroup reserve reserveMet openedAt closesAt extensions price leader ' +
      'lastSequence lastAcceptedAt bidCount unitsSold boughtBy closeReason winner',
  ]);
  expect([projections.auctions.version, fields(auction)]).toEqual([
    2,
    'auctionId title currency phase opensAt closesAt stagger startedAt endedAt lotCount unsettledCount results ' +
      'revision position',
  ]);
});

test('lots and auctions are due in the order of their ends, extensions included', async () => {
  await inDirectory(async (directory) => {
    const store = filledStore();
    const models = await openReadModels({ directory, store });
    const open = models.lots.scan({ prefix: '', limit: 1_000 }).flatMap(({ key, row: { lot } }) => {
      return lot.phase === 'open' && lot.closesAt !== null
        ? [{ key, at: lot.closesAt, extensions: lot.extensions }]
        : [];
    });
    open.sort((a, b) => a.at - b.at || (a.key < b.key ? -1 : 1));
    expect(open.some(({ extensions }) => extensions > 0)).toBe(true);
    expect(models.lots.due(Number.MAX_SAFE_INTEGER, 1_000)).toEqual(open.map(({ key }) => key));
    const middle = open[open.length >> 1]?.at ?? 0;
    expect(models.lots.due(middle, 1_000)).toEqual(open.filter(({ at }) => at <= middle).map(({ key }) => key));
    expect(models.lots.due(Number.MAX_SAFE_INTEGER, 2)).toEqual(open.slice(0, 2).map(({ key }) => key));
    expect(models.lots.due((open[0]?.at ?? 0) - 1, 10)).toEqual([]);

    const auctions = models.auctions.scan({ prefix: '', limit: 100 });
    const idle = auctions.filter(({ row: { phase, closesAt, unsettledCount } }) => {
      return phase === 'started' && closesAt !== null && unsettledCount === 0;
    });
    expect(auctions.some(({ row }) => row.phase === 'started' && row.unsettledCount > 0)).toBe(true);
    idle.sort((a, b) => (a.row.closesAt ?? 0) - (b.row.closesAt ?? 0));
    expect(models.auctions.due(Number.MAX_SAFE_INTEGER, 100)).toEqual(idle.map(({ key }) => key));
    expect(models.bids.due(Number.MAX_SAFE_INTEGER, 1)).toEqual([]);
    expect(() => models.lots.due(1, 0)).toThrow(RangeError);
    await models.close();
  });
});

test('a lot that is only decided counts nowhere, and the revision is the auction stream’s own', async () => {
  await inDirectory(async (directory) => {
    const store = filledStore();
    const models = await openReadModels({ directory, store });
    for (const { key, row } of models.auctions.scan({ prefix: '', limit: 100 })) {
      const own = await store.readStream(`auction-${key}`, 0, 10_000);
      const lots = models.listings.scan({ prefix: `auction/${key}/`, limit: 1_000 });
      expect(own.filter(({ type }) => type === 'LotAdded').length).toBe(row.lotCount + 1);
      expect(lots.map(({ row }) => 'ordinal' in row && row.ordinal)).toEqual(
        Array.from({ length: row.lotCount }, (_, at) => at + 1),
      );
      expect(row.revision).toBe(own.length - 1);
    }
    await models.close();
  });
});

it.each([
  ['created', 0, 1_000],
  ['created', 2, 1_000],
  ['started', 0, 2_000],
  ['started', 2, null],
  ['ending', 0, null],
  ['ended', 0, null],
  ['cancelled', 0, null],
] as const)('an auction that is %s with %d unsettled lots is due at %p', (phase, unsettledCount, due) => {
  const row = { phase, unsettledCount, opensAt: 1_000, closesAt: 2_000 } as AuctionRow;
  expect(projections.auctions.dueAt?.(row)).toBe(due);
});
