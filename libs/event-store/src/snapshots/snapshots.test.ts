import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { LotState } from '#auction/lot/lot.js';
import { type LotCommand, lotDecider } from '#auction/lot/lot-decider.js';
import { lotSnapshots } from '#auction/lot/lot-snapshot.js';
import type { LotEvent } from '#contracts/events/lot-events.js';
import { id, lotId, opened, placeBid } from '#testing/lot-builders.js';
import { MemoryEventStore } from '#testing/memory-event-store.js';
import { until } from '#testing/until.js';
import type { CommandContext } from '../stream-writer/command-context.js';
import { StreamWriter } from '../stream-writer/stream-writer.js';
import { SnapshotFiles } from './snapshot-files.js';

const STREAM = `lot-${lotId}`;

describe('snapshots of long lots', () => {
  let directory: string;
  let unusable: string[];
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'gavel-snapshots-'));
    unusable = [];
  });
  afterEach(() => {
    chmodSync(directory, 0o700);
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  });

  const files = (version = lotSnapshots.version, name = 'snapshots') => {
    // Those of this test: a write of the last one may still fail.
    const told = unusable;
    return new SnapshotFiles<LotState>({
      directory: join(directory, name),
      codec: { ...lotSnapshots, version },
      onUnusable: (_, reason) => told.push(reason),
    });
  };
  const writerOn = (store: MemoryEventStore, snapshots?: SnapshotFiles<LotState>, snapshotEvery = 5) =>
    new StreamWriter<LotState, LotCommand, LotEvent>(
      store,
      lotDecider,
      (lot) => `lot-${lot}`,
      { snapshotEvery },
      snapshots,
    );
  type Writer = ReturnType<typeof writerOn>;

  const context = (n: number, keyed: boolean): CommandContext => ({
    commandId: id(5_000 + n),
    correlationId: 'request',
    causationId: 'request',
    actor: 'bidder:ada',
    ...(keyed && { requestDigest: `digest ${n}` }),
  });
  const bid = (writer: Writer, n: number, keyed = n % 2 === 0) =>
    writer.execute(lotId, { ...placeBid('ada', 1_000 + n), bidId: id(5_000 + n) }, context(n, keyed));

  /** A lot of `bids` bids, every second one under a key. */
  async function longLot(bids: number, snapshots = files(), store = new MemoryEventStore()): Promise<MemoryEventStore> {
    store.commit(
      STREAM,
      'no-stream',
      opened().map((event, at) => ({ ...event, id: id(100 + at), version: 1, metadata: context(at, false) })),
    );
    const writer = writerOn(store, snapshots);
    for (let n = 0; n < bids; n += 1) await bid(writer, n);
    // Snapshots are written behind the answers.
    const { writing } = snapshots as unknown as { writing: ReadonlySet<string> };
    await until(() => writing.size === 0);
    return store;
  }
  const savedFile = (): string | undefined => {
    const found = readdirSync(directory).length === 0 ? [] : readdirSync(join(directory, 'snapshots'));
    const [name] = found.filter((file) => file.endsWith('.snapshot'));
    return name && join(directory, 'snapshots', name);
  };
  const reads = (store: MemoryEventStore): number[] => {
    const from: number[] = [];
    const readStream = store.readStream.bind(store);
    store.readStream = (stream, first, count) => {
      from.push(first);
      return readStream(stream, first, count);
    };
    return from;
  };

  it('spare a restart the fold of what is behind them, and remember the commands that stand there', async () => {
    const store = await longLot(12);
    const from = reads(store);
    const writer = writerOn(store, files());
    expect(await bid(writer, 0)).toMatchObject({ kind: 'accepted', repeated: true, revision: 2 });
    // The event of the snapshot and what follows it; the repeated command's own events.
    expect(from).toHaveLength(3);
    expect(from[0]).toBeGreaterThanOrEqual(4);
    expect(from.slice(1)).toEqual([(from[0] as number) + 1, 2]);
    expect(unusable).toEqual([]);
    const other = await writer.execute(lotId, placeBid('ada', 1), { ...context(2, true), requestDigest: 'other' });
    expect(other).toEqual({ kind: 'key-reused' });
  });

  it('bound what a start reads of a lot of 100,000 bids', async () => {
    const every = 1_000;
    const store = await longLot(0);
    const snapshots = files();
    const writer = writerOn(store, snapshots, every);
    for (let n = 0; n < 100_000; n += every)
      await Promise.all(Array.from({ length: every }, (_, i) => bid(writer, n + i, false)));
    const { writing } = snapshots as unknown as { writing: ReadonlySet<string> };
    await until(() => writing.size === 0);
    let read = 0;
    const readStream = store.readStream.bind(store);
    store.readStream = async (...asked) => {
      const events = await readStream(...asked);
      read += events.length;
      return events;
    };
    const { state, revision } = await writerOn(store, files(), every).load(lotId);
    expect([revision, state]).toEqual([100_001, (await writer.load(lotId)).state]);
    // While one is written no other is begun: how many are left out depends on the disk.
    expect(read).toBeLessThanOrEqual(10 * every);
  }, 60_000);

  const damages: [what: string, damage: (file: string) => void, reason: RegExp][] = [
    ['empty', (file) => truncateSync(file, 0), /damaged/],
    ['torn', (file) => truncateSync(file, readFileSync(file).length - 1), /damaged/],
    ['of another byte in front', (file) => flip(file, 0), /damaged/],
    ['of another byte in the state', (file) => flip(file, 200), /damaged/],
    ['of another byte in the index of commands', (file) => flip(file, readFileSync(file).length - 5), /damaged/],
    ['text', (file) => writeFileSync(file, 'hello'), /damaged/],
  ];
  it.each(damages)('that are %s change nothing', async (_, damage, reason) => {
    const store = await longLot(12);
    const expected = await writerOn(store).load(lotId);
    damage(savedFile() as string);
    expect(await writerOn(store, files()).load(lotId)).toEqual(expected);
    expect(unusable).toEqual([expect.stringMatching(reason)]);
    expect(await bid(writerOn(store, files()), 0)).toMatchObject({ repeated: true, revision: 2 });
  });

  it('of another version of the fold are not used', async () => {
    const store = await longLot(12);
    expect(await writerOn(store, files(99)).load(lotId)).toEqual(await writerOn(store).load(lotId));
    expect(unusable).toEqual([`it is of version ${lotSnapshots.version}`]);
  });

  it('of another store, or of a stream that was longer, are not used', async () => {
    await longLot(12);
    const shorter = await longLot(1);
    const from = reads(shorter);
    expect(await writerOn(shorter, files()).load(lotId)).toEqual(await writerOn(shorter).load(lotId));
    expect([from[0] === 4 || from[0] === 9, from[1]]).toEqual([true, 0]);
    const other = new MemoryEventStore();
    other.commit('auction-x', 'no-stream', [
      { id: id(9), type: 'AuctionStarted', version: 1, data: {}, metadata: context(0, false) },
    ]);
    const moved = await longLot(12, files(1, 'elsewhere'), other);
    const again = reads(moved);
    expect(await writerOn(moved, files()).load(lotId)).toEqual(await writerOn(moved).load(lotId));
    expect([again[0] === 4 || again[0] === 9, again[1]]).toEqual([true, 0]);
    expect(unusable).toEqual([]);
  });

  it('that cannot be written cost no bid', async () => {
    writeFileSync(join(directory, 'snapshots'), 'no directory');
    const store = new MemoryEventStore();
    store.commit(
      STREAM,
      'no-stream',
      opened().map((event, at) => ({ ...event, id: id(100 + at), version: 1, metadata: context(at, false) })),
    );
    const writer = writerOn(store, files());
    for (let n = 0; n < 8; n += 1) expect(await bid(writer, n)).toMatchObject({ kind: 'accepted' });
    while (unusable.length === 0) await new Promise(setImmediate);
  });

  it('make no difference, wherever a process stops and another goes on', async () => {
    let runs = 0;
    const step = fc.oneof(fc.nat(40), fc.constant('restart' as const));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        runs += 1;
        const snapshots = files(lotSnapshots.version, `run ${runs}`);
        const [store, plain] = [await longLot(0), await longLot(0)];
        const without = writerOn(plain);
        let writer = writerOn(store, snapshots);
        for (const next of steps) {
          if (next === 'restart') writer = writerOn(store, snapshots);
          else expect(await bid(writer, next)).toEqual(await bid(without, next));
        }
        expect(await writer.load(lotId)).toEqual(await without.load(lotId));
        expect(unusable).toEqual([]);
      }),
      { numRuns: 40 },
    );
  }, 60_000);

  it('are deleted once they are old, and nothing else is', async () => {
    const snapshots = files();
    await snapshots.deleteOlderThan(Date.now());
    await longLot(5, snapshots);
    const inDirectory = () => readdirSync(join(directory, 'snapshots'));
    await until(() => inDirectory().some((name) => name.endsWith('.snapshot')));
    const [written = ''] = inDirectory();
    const [left, other] = [`${written}.new`, 'notes.txt'];
    for (const name of [left, other]) writeFileSync(join(directory, 'snapshots', name), 'x');
    await snapshots.deleteOlderThan(Date.now() - 60_000);
    expect(inDirectory().sort()).toEqual([written, left, other].sort());
    await snapshots.deleteOlderThan(Date.now() + 60_000);
    expect(inDirectory()).toEqual([other]);
    expect(unusable).toEqual([]);
  });
});

function flip(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes[at] = (bytes[at] as number) ^ 1;
  writeFileSync(file, bytes);
}
