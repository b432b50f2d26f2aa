import { jest } from '@jest/globals';
import { temporaryDirectory } from '#event-store/embedded/testing/temporary-directory.js';
import { StoreUnavailable } from '#event-store/event-store.js';
import { Spool } from '#event-store/spool/spool.js';
import { until } from '#testing/until.js';
import { BidSpool } from './bid-spool.js';
import type { SpooledBid } from './spooled-bid.js';

const idOf = (n: number) => `01890000-0000-7000-8000-${String(n).padStart(12, '0')}`;

const bidOf = (n: number): SpooledBid => ({
  bidId: idOf(n),
  lotId: idOf(900),
  auctionId: idOf(901),
  bidderId: 'ann',
  amount: 1_000 + n,
  acceptedAt: n,
  requestDigest: 'spooled',
  correlationId: 'request',
  causationId: 'request',
  actor: 'bidder:ann',
});

describe('bids that could not be recorded', () => {
  let directory: string;
  let disk: Spool;
  let spool: BidSpool;
  const open = async (capacity: number) => {
    disk = await Spool.open({ directory });
    spool = new BidSpool(disk, capacity);
  };
  beforeEach(() => {
    directory = temporaryDirectory();
  });
  afterEach(() => spool.close());

  const put = (...numbers: number[]) => Promise.all(numbers.map((n) => spool.put(bidOf(n))));
  const refuse = (...numbers: number[]) => Promise.all(numbers.map((n) => spool.refuse(bidOf(n), 'lot-not-found')));
  const told = (...numbers: number[]) => numbers.filter((n) => spool.refusalOf(idOf(n)) === 'lot-not-found');
  const onDisk = async () => {
    await spool.close();
    await open(1_000);
    return disk.found.map(({ id, refused }) => [Number(id.slice(-12)), refused]);
  };

  it('take no place of those that wait', async () => {
    await open(2);
    for (const [one, two] of [
      [1, 2],
      [3, 4],
    ] as const) {
      await put(one, two);
      expect(spool.takesBids).toBe(false);
      await refuse(one, two);
      expect(spool.takesBids).toBe(true);
      expect(spool.state()).toEqual({ depth: 0, oldestAt: null });
    }
    await put(5, 6);
    await expect(put(7)).rejects.toThrow('the spool is full');
    expect(spool.state()).toEqual({ depth: 2, oldestAt: 5 });
  });

  it('are told until as many others were refused as may wait, in memory and in the file', async () => {
    await open(3);
    await put(1, 2, 3);
    await refuse(3, 1, 2);
    expect(told(1, 2, 3)).toEqual([1, 2, 3]);
    await put(4, 5, 6);
    await refuse(4, 5);
    expect(told(1, 2, 3, 4, 5)).toEqual([2, 4, 5]);
    expect(spool.find(idOf(3))).toBeUndefined();
    expect(await onDisk()).toEqual([
      [2, 'lot-not-found'],
      [4, 'lot-not-found'],
      [5, 'lot-not-found'],
      [6, null],
    ]);
  });

  it('of a file that holds too many are dropped at the start', async () => {
    await open(4);
    await put(1, 2, 3, 4);
    await refuse(1, 2, 3);
    await spool.close();
    await open(2);
    expect(await onDisk()).toEqual([
      [2, 'lot-not-found'],
      [3, 'lot-not-found'],
      [4, null],
    ]);
  });

  it('are told as long as the disk keeps them, and dropped once it takes changes again', async () => {
    await open(1);
    await put(1);
    await refuse(1);
    await put(2);
    const full = jest.spyOn(disk, 'remove').mockRejectedValueOnce(new StoreUnavailable('disk full', false));
    await refuse(2);
    expect(told(1, 2)).toEqual([1, 2]);
    full.mockRestore();
    await put(3);
    await refuse(3);
    expect(told(1, 2, 3)).toEqual([3]);
    expect(await onDisk()).toEqual([[3, 'lot-not-found']]);
  });
});

it('refuses to open on a bid that it cannot read: it was acknowledged', async () => {
  const directory = temporaryDirectory();
  const disk = await Spool.open({ directory });
  await disk.put({ id: idOf(1), arrival: 1, text: JSON.stringify({ ...bidOf(1), amount: 'much' }) });
  await disk.close();
  const again = await Spool.open({ directory });
  expect(() => new BidSpool(again, 10)).toThrow(`the spool holds a bid that cannot be read: ${idOf(1)}`);
  await again.close();
});

describe('a disk that did not take a bid', () => {
  it('is asked again without another bid, until it takes one', async () => {
    const directory = temporaryDirectory();
    const disk = await Spool.open({ directory });
    const spool = new BidSpool(disk, 10, 1);
    const failing = new StoreUnavailable('disk full', false);
    jest.spyOn(disk, 'put').mockRejectedValueOnce(failing);
    const probe = jest.spyOn(disk, 'probe').mockRejectedValueOnce(failing);
    await expect(spool.put(bidOf(1))).rejects.toThrow('disk full');
    expect([spool.takesBids, spool.trouble(0)]).toEqual([false, 'disk full']);
    await until(() => spool.takesBids);
    expect(spool.trouble(0)).toBeNull();
    expect(probe).toHaveBeenCalledTimes(2);
    await spool.put(bidOf(2));
    await spool.close();
    const again = await Spool.open({ directory });
    expect(again.found.map(({ id }) => id)).toEqual([idOf(2)]);
    await again.close();
  });
});
