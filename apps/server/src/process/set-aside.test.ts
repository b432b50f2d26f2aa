import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryEventStore } from '#testing/memory-event-store.js';
import { until } from '#testing/until.js';
import { CheckpointFile } from './checkpoint-file.js';
import { ProcessManager } from './process-manager.js';
import { AUCTION, context, create, LOTS, lastHandled, offer, processOn, typesOf } from './testing/auction-steps.js';

describe('a decision that cannot be carried on', () => {
  let directory: string;
  const silent = { warn: () => undefined, error: () => undefined };
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'gavel-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  it('tells of a decision that it cannot carry on until it can, keeps its checkpoint before it and carries on those behind', async () => {
    const store = new MemoryEventStore(Date.now);
    const { auctions, carrier } = processOn(store);
    const [car, other] = LOTS as [string, string];
    const addLot = async (lotId: string) => {
      await auctions.execute(AUCTION, { type: 'AddLot', lotId, offer: offer(null), at: 1 }, context());
    };
    await auctions.execute(AUCTION, create, context());
    await addLot(car);
    const carryAddedLots = carrier.carryAddedLots.bind(carrier);
    carrier.carryAddedLots = async (auctionId, lotIds) => {
      if (lotIds.includes(car)) throw new Error('a defect');
      await carryAddedLots(auctionId, lotIds);
    };
    const file = new CheckpointFile(join(directory, 'aside'));
    const manager = new ProcessManager(store, carrier, file, silent);
    await manager.start();
    await until(() => manager.stuck !== null);
    expect(manager.stuck).toBe(`a decision of auction-${AUCTION} cannot be carried on: a defect`);
    expect(manager.stuckCount).toBe(1);
    await addLot(other);
    await until(async () => (await typesOf(store, `lot-${other}`)).length > 0);
    expect(await typesOf(store, `lot-${car}`)).toEqual([]);
    expect([manager.position, await file.read()]).toEqual([null, null]);

    carrier.carryAddedLots = carryAddedLots;
    await until(() => manager.stuck === null);
    expect(manager.stuckCount).toBe(0);
    expect(await typesOf(store, `lot-${car}`)).toEqual(['LotListed']);
    await until(async () => (await file.read()) === (await lastHandled(store)));
    await manager.stop();
  });

  it('reads no further while more than a hundred decisions cannot be carried on', async () => {
    const store = new MemoryEventStore(Date.now);
    const { auctions, carrier } = processOn(store);
    const idOf = (n: number) => `01890000-0000-7000-8000-${String(n).padStart(12, '0')}`;
    const addLot = async (n: number) => {
      await auctions.execute(idOf(n), { ...create, auctionId: idOf(n) }, context());
      await auctions.execute(idOf(n), { type: 'AddLot', lotId: idOf(n), offer: offer(null), at: 1 }, context());
    };
    for (let n = 1; n <= 101; n += 1) await addLot(n);
    const carried: string[] = [];
    let broken = true;
    carrier.carryAddedLots = async (auctionId) => {
      if (broken && auctionId !== idOf(102)) throw new Error('a defect');
      carried.push(auctionId);
    };
    const manager = new ProcessManager(store, carrier, new CheckpointFile(join(directory, 'full')), silent);
    await manager.start();
    await until(() => manager.stuck?.endsWith('nor can 100 more') ?? false);
    await addLot(102);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(carried).toEqual([]);
    broken = false;
    await until(() => carried.length === 102);
    expect(manager.stuck).toBeNull();
    await manager.stop();
  });
});
