import { mkdir, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'libsql';
import { openEmbeddedStore } from '#event-store/embedded/embedded-store.js';
import { projections, type ReadModelName } from '#read-models/projections/projections.js';
import { replacePointer } from '#read-models/storage/serving-pointer.js';
import { auctionId, id, lotId } from '#testing/lot-builders.js';
import { newDirectory, runCli } from './testing/run-cli.js';
import { append, DIGEST, type RawEvent, storeAuction, streams } from './testing/stored-auction.js';

let dataDir: string;
beforeEach(async () => {
  dataDir = await newDirectory();
  await storeAuction(dataDir, [
    ['ada', 1_200],
    ['ben', 2_000],
  ]);
});

const run = (...args: string[]) => runCli([...args, '--data-dir', dataDir]);
const verifyJson = async () => {
  const { exitCode, stdout, stderr } = await run('verify', '--json');
  expect(stderr).toBe('');
  const { seconds: _, ...verified } = JSON.parse(stdout);
  return { exitCode, ...verified };
};

/** What is told of a read model that serves. */
const sound = (model: ReadModelName, rows: number) => {
  const { version } = projections[model];
  return { model, served: true, version, wantedVersion: version, rows, differences: 0 };
};

/** Writes events that the domain would not. */
async function writeInto(stream: string, length: number, ...events: RawEvent[]): Promise<void> {
  const store = await openEmbeddedStore({ directory: dataDir, upcast: (_, __, data) => ({ data: data as object }) });
  await append(store, stream, length, events);
  await store.close();
}

describe('verify', () => {
  it('finds nothing in a store as Gavel writes it', async () => {
    await run('rebuild', 'all');
    expect(await verifyJson()).toEqual({
      exitCode: 0,
      events: 11,
      streams: 4,
      readModels: [
        sound('lots', 1),
        sound('auctions', 1),
        sound('listings', 2),
        sound('bids', 2),
        sound('keys', 1),
        sound('webhooks', 0),
      ],
      differences: 0,
      first: [],
    });
    const { exitCode, stdout } = await run('verify');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /^11 events of 4 streams\n\nread model {2}rows {2}differences\n(.*\n){6}\n0 differences, in [\d.]+ s\n$/,
    );
  });

  it('checks the events alone where no read model was ever built', async () => {
    expect(await verifyJson()).toMatchObject({ exitCode: 0, readModels: [], differences: 0 });
  });

  it('finds read models that do not serve', async () => {
    await run('rebuild', 'bids');
    const unserved = { served: false, version: null, rows: 0, differences: 1 };
    const others = ['lots', 'auctions', 'listings', 'keys', 'webhooks'];
    const missing = (models: readonly string[]) => models.map((model) => ({ where: model, what: 'no rows serve' }));
    const found = await verifyJson();
    expect(found).toMatchObject({ exitCode: 1, differences: 5, first: missing(others) });
    expect(found.readModels).toContainEqual(sound('bids', 2));
    expect(found.readModels).toContainEqual({ model: 'lots', wantedVersion: projections.lots.version, ...unserved });

    const pointer = join(dataDir, 'read-models', 'serving.json');
    await writeFile(pointer, '{"lots": "lo');
    const torn = { where: 'read models', what: 'serving.json cannot be read: a start builds them all anew' };
    const all = ['lots', 'auctions', 'listings', 'bids', 'keys', 'webhooks'];
    expect(await verifyJson()).toMatchObject({ exitCode: 1, differences: 7, first: [torn, ...missing(all)] });
    await rm(pointer);
    expect(await verifyJson()).toMatchObject({ exitCode: 1, differences: 6, first: missing(all) });
  });

  it('compares no rows of another version, which the next start builds anew, and calls them no damage', async () => {
    await run('rebuild', 'all');
    const directory = join(dataDir, 'read-models');
    const { version } = projections.bids;
    await rename(join(directory, `bids.v${version}.g1.db`), join(directory, 'bids.v99.g1.db'));
    replacePointer(directory, [{ name: 'bids', version: 99, generation: 1 }]);
    const { exitCode, differences, readModels } = await verifyJson();
    expect([exitCode, differences]).toEqual([0, 0]);
    expect(readModels[3]).toEqual({ ...sound('bids', 0), served: false, version: 99 });
    const { stdout } = await run('verify');
    expect(stdout).toMatch(/^bids +- +0$/m);
    expect(stdout).toContain(`bids is of version 99, not ${version}: not compared, the next start builds it anew\n`);
  });

  it('finds a row that differs, one that is missing and one too many, and shows no secret of them', async () => {
    await run('rebuild', 'all');
    const change = (model: 'bids' | 'keys', sql: string) => {
      const db = new Database(join(dataDir, 'read-models', `${model}.v${projections[model].version}.g1.db`));
      db.exec(sql);
      db.close();
    };
    change('bids', `UPDATE entries SET value = json_set(value, '$.amount', 1) WHERE id = 1`);
    change('bids', `UPDATE entries SET second_rest = '1' WHERE id = 2`);
    change(
      'bids',
      `INSERT INTO prefixes (text) VALUES ('zzz/'); INSERT INTO entries (prefix, rest, value) SELECT max(id), '1', '{}' FROM prefixes`,
    );
    change('keys', 'DELETE FROM rows');
    const { stdout } = await run('verify', '--json');
    expect(stdout).not.toContain(DIGEST.slice(0, 9));
    expect(await verifyJson()).toMatchObject({
      exitCode: 1,
      differences: 4,
      readModels: expect.arrayContaining([
        { ...sound('bids', 3), differences: 3 },
        { ...sound('keys', 0), differences: 1 },
      ]),
      first: [
        { where: expect.stringMatching(/^bids lot\//), what: 'the row differs from the events in amount' },
        { where: expect.stringMatching(/^bids lot\//), what: 'is found under other keys' },
        { where: 'bids zzz/1', what: 'the row follows from no event' },
        { where: expect.stringMatching(/^keys /), what: 'the row is missing' },
      ],
    });
  });

  it.each<[string, string, number, RawEvent[], string]>([
    [
      'an event that stands in the wrong stream',
      streams.key,
      1,
      [{ type: 'OutOfStock', version: 1, data: { lotId, auctionId } }],
      'OutOfStock belongs in a stream of kind lot',
    ],
    [
      'an event of another lot',
      streams.lot,
      6,
      [{ type: 'OutOfStock', version: 1, data: { lotId: id(9), auctionId } }],
      `OutOfStock is of lot-${id(9)}`,
    ],
    [
      'data that is not as the catalogue says',
      streams.lot,
      6,
      [{ type: 'OutOfStock', version: 1, data: { lotId, auctionId, reason: 'none left' } }],
      'OutOfStock is not as the catalogue says: /reason schema is false',
    ],
  ])('finds %s', async (_, stream, length, events, what) => {
    await writeInto(stream, length, ...events);
    const { exitCode, first } = await verifyJson();
    expect(exitCode).toBe(1);
    expect(first).toContainEqual({ where: `${stream} revision ${length}`, what });
  });

  it('finds a stream that cannot be folded', async () => {
    await writeInto(`lot-${id(9)}`, 0, { type: 'OutOfStock', version: 1, data: { lotId: id(9), auctionId } });
    expect(await verifyJson()).toMatchObject({
      exitCode: 1,
      differences: 1,
      first: [{ where: `lot-${id(9)}`, what: 'cannot be folded at revision 0: OutOfStock stands before LotListed' }],
    });
  });

  it('finds events that this program cannot read, and goes on behind each', async () => {
    await writeInto(streams.key, 1, { type: 'KeyLost', version: 1, data: {} });
    await writeInto(streams.vehicle, 1, { type: 'VehicleReleased', version: 9, data: {} });
    await writeInto(`lot-${id(9)}`, 0, { type: 'OutOfStock', version: 1, data: { lotId: id(9), auctionId } });
    const { exitCode, events, first } = await verifyJson();
    expect([exitCode, events]).toEqual([1, 12]);
    expect(first.map(({ what }: { what: string }) => what)).toEqual([
      `event 1 of ${streams.key}, at position 12, cannot be read: event type KeyLost is not in the catalogue`,
      `event 1 of ${streams.vehicle}, at position 13, cannot be read: VehicleReleased version 9 cannot be read: this program knows 1 to 1`,
      'cannot be folded at revision 0: OutOfStock stands before LotListed',
    ]);
  });

  it('finds a file that is torn', async () => {
    await truncate(join(dataDir, 'events.db'), 8_192);
    const { exitCode, differences, first } = await verifyJson();
    expect(exitCode).toBe(1);
    expect(differences).toBeGreaterThan(0);
    expect(first[0].where).toBe('files');
  });

  it('says so when there is no store', async () => {
    await mkdir(join(dataDir, 'empty'));
    const { exitCode, stdout, stderr } = await runCli(['verify', '--data-dir', join(dataDir, 'empty')]);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^gavel: .*events\.db does not exist: .*\n$/);
  });
});
