import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EventStore } from '#event-store/event-store.js';
import { SystemClock } from '#platform/clock.js';
import { MemoryEventStore } from '#testing/memory-event-store.js';
import { until } from '#testing/until.js';
import { AuctionWriter, LotWriter, VehicleWriter } from '../writers.js';
import { Carrier } from './carrier.js';
import { CheckpointFile } from './checkpoint-file.js';
import { ProcessManager } from './process-manager.js';
import {
  AUCTION,
  context,
  create,
  dyingBehind,
  LOTS,
  lastHandled,
  offer,
  outcomeOf,
  processOn,
  runAuction,
  typesOf,
  VIN,
} from './testing/auction-steps.js';

describe('the process manager', () => {
  let directory: string;
  const silent = { warn: () => undefined, error: () => undefined };
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'gavel-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  const managerOn = (store: EventStore, checkpoint: string) =>
    new ProcessManager(store, processOn(store).carrier, new CheckpointFile(join(directory, checkpoint)), silent);

  /** What the auction leaves when nothing goes wrong. */
  const whole = async () => {
    const store = new MemoryEventStore(Date.now);
    await runAuction(processOn(store));
    return { outcome: await outcomeOf(store), appends: Number(await store.head()) };
  };

  it('has a whole auction to compare with: the lots open when the auction started, and the bid counts', async () => {
    const store = new MemoryEventStore(Date.now);
    await runAuction(processOn(store));
    expect(await outcomeOf(store)).toEqual({
      [`auction-${AUCTION}`]: [
        'AuctionCreated',
        'LotAdded',
        'LotAdded',
        'AuctionStarted',
        'AuctionEnding',
        'LotSettled',
        'LotSettled',
        'AuctionEnded',
      ],
      [`lot-${LOTS[0]}`]: ['LotListed', 'LotOpened', 'BidPlaced', 'LotClosed', 'LotSold'],
      [`lot-${LOTS[1]}`]: ['LotListed', 'LotOpened', 'LotClosed', 'LotPassed'],
      [`vehicle-${VIN}`]: ['VehicleClaimed', 'VehicleReleased'],
    });
    const { lots } = processOn(store);
    for (const lotId of LOTS) expect((await lots.load(lotId)).state).toMatchObject({ openedAt: 2 });
  });

  it('completes every step of an auction whose process was killed behind any of its appends, once', async () => {
    const { outcome, appends } = await whole();
    let deaths = 0;
    for (let last = 1; last <= appends; last += 1) {
      const store = new MemoryEventStore(Date.now);
      const dying = dyingBehind(store, last);
      await runAuction(processOn(dying)).catch(() => undefined);
      deaths += dying.died ? 1 : 0;
      // The next process: first what was decided is completed, then the auctioneer does again what was not decided.
      const manager = managerOn(store, `killed-${last}`);
      await manager.start();
      await until(async () => manager.position === (await lastHandled(store)));
      const decided = await typesOf(store, `auction-${AUCTION}`);
      if (decided.includes('AuctionEnding')) expect(await outcomeOf(store)).toEqual(outcome);
      const { auctions, lots } = processOn(store);
      for (const [i, lotId] of LOTS.entries()) {
        const listed = decided.includes('AuctionStarted') && (await lots.load(lotId)).state.phase !== 'not-listed';
        const open = (await typesOf(store, `lot-${lotId}`)).includes('LotOpened');
        if (listed) expect([i, open]).toEqual([i, true]);
      }
      const claimed = (await typesOf(store, `vehicle-${VIN}`)).length > 0;
      const { state } = await auctions.load(AUCTION);
      if (claimed && state.phase !== 'not-created') expect(state.lots.has(LOTS[0] ?? '')).toBe(true);
      await manager.stop();
    }
    expect(deaths).toBeGreaterThan(10);
  });

  it('changes nothing when it loses its checkpoint and does everything again', async () => {
    const store = new MemoryEventStore(Date.now);
    await runAuction(processOn(store));
    const before = await outcomeOf(store);
    const manager = managerOn(store, 'lost');
    await manager.start();
    await until(async () => manager.position === (await lastHandled(store)));
    await manager.stop();
    expect(await outcomeOf(store)).toEqual(before);
  });

  it('does everything again when its checkpoint is not in the store, which was set back', async () => {
    const store = new MemoryEventStore(Date.now);
    const { outcome } = await whole();
    await runAuction(processOn(dyingBehind(store, 3))).catch(() => undefined);
    await new CheckpointFile(join(directory, 'set-back')).write('1000');
    const manager = managerOn(store, 'set-back');
    await manager.start();
    const listed = `lot-${LOTS[0]}`;
    await until(async () => (await typesOf(store, listed)).length > 0);
    await until(async () => manager.position === (await lastHandled(store)));
    await manager.stop();
    expect(await typesOf(store, listed)).toEqual(outcome[listed]?.slice(0, 1));
  });

  it('tries a decision that cannot be carried on until it can be, and skips none', async () => {
    const store = new MemoryEventStore(Date.now);
    const { outcome } = await whole();
    const dying = dyingBehind(store, 3);
    await runAuction(processOn(dying)).catch(() => undefined);
    store.plan('fail', 'fail', 'lose-reply');
    const manager = managerOn(store, 'retried');
    await manager.start();
    const listed = `lot-${LOTS[0]}`;
    await until(async () => (await typesOf(store, listed)).length > 0);
    await manager.stop();
    expect(await typesOf(store, listed)).toEqual(outcome[listed]?.slice(0, 1));
  });

  it('asks nobody about lots that are known to be where their auction is, and carries the others', async () => {
    const store = new MemoryEventStore(Date.now);
    const { auctions, lots, carrier } = processOn(store);
    const [known, missed] = LOTS as [string, string];
    await auctions.execute(AUCTION, create, context());
    for (const lotId of LOTS)
      await auctions.execute(AUCTION, { type: 'AddLot', lotId, offer: offer(null), at: 1 }, context());
    await carrier.carryAddedLots(AUCTION, [known]);
    await auctions.execute(AUCTION, { type: 'StartAuction', at: 2 }, context());
    await lots.execute(known, { type: 'OpenLot', at: 2 }, context());
    const asked: string[] = [];
    const watched = Object.create(store) as EventStore;
    watched.readStream = (stream, from, count) => {
      asked.push(stream);
      return store.readStream(stream, from, count);
    };
    const elsewhere = [new AuctionWriter(watched), new LotWriter(watched), new VehicleWriter(watched)] as const;
    const seen = new Map<string, { phase: 'open' | 'listed' }>([[known, { phase: 'open' }]]);
    const other = new Carrier(...elsewhere, store, new SystemClock(), (lotId) => seen.get(lotId) ?? null);
    await other.carryAuction(AUCTION);
    expect(asked).toContain(`lot-${missed}`);
    expect(asked).not.toContain(`lot-${known}`);
    expect(await typesOf(store, `lot-${missed}`)).toEqual(['LotListed', 'LotOpened']);
    // One that is known as listed only is opened.
    seen.set(known, { phase: 'listed' });
    await other.carryAuction(AUCTION);
    expect(asked).toContain(`lot-${known}`);
  });

  it('reads an auction once for all the lots that were added to it', async () => {
    const store = new MemoryEventStore(Date.now);
    const { auctions } = processOn(store);
    await auctions.execute(AUCTION, create, context());
    for (const lotId of LOTS)
      await auctions.execute(AUCTION, { type: 'AddLot', lotId, offer: offer(null), at: 1 }, context());
    const asked: string[] = [];
    const watched = Object.create(store) as EventStore;
    watched.readStream = (stream, from, count) => {
      asked.push(stream);
      return store.readStream(stream, from, count);
    };
    const manager = managerOn(watched, 'large');
    await manager.start();
    const [last = ''] = LOTS.slice(-1);
    await until(async () => (await typesOf(store, `lot-${last}`)).length > 0);
    await manager.stop();
    expect(asked.filter((stream) => stream === `auction-${AUCTION}`)).toHaveLength(1);
  });

  it('lets the request carry its decision first, where several processes follow the store', async () => {
    const store = new MemoryEventStore(Date.now);
    const { auctions, carrier } = processOn(store);
    await auctions.execute(AUCTION, create, context());
    const [lotId] = LOTS as [string];
    await auctions.execute(AUCTION, { type: 'AddLot', lotId, offer: offer(null), at: 1 }, context());
    const checkpoint = new CheckpointFile(join(directory, 'patient'));
    const manager = new ProcessManager(store, processOn(store).carrier, checkpoint, silent, 60_000);
    await manager.start();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await typesOf(store, `lot-${lotId}`)).toEqual([]);
    await carrier.carryAddedLots(AUCTION, [lotId]);
    // Ends at once, however long it would wait.
    await manager.stop();
    expect(await typesOf(store, `lot-${lotId}`)).toEqual(['LotListed']);
  });
});
