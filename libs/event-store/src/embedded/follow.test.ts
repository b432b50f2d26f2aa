import { type RecordedEvent, StoreUnavailable, StoreUnusable } from '../event-store.js';
import { catalogueUpcast } from '../upcast.js';
import { follow } from './follow.js';
import { outage } from './outage.js';
import type { Pages } from './pages.js';
import { RecentEvents } from './recent-events.js';
import type { ScannedPage } from './rows.js';

function page(first: number, ...types: string[]): ScannedPage {
  const texts = types.map((type, i) => `[${first + i},"lot-1",${first + i - 1},"id","${type}",1,{},{},0]`);
  return { texts, count: texts.length, scannedTo: first + types.length - 1, end: true };
}

/** A follower of a store whose reads answer or fail one after the other. */
function followerOf(reads: (ScannedPage | Error)[]) {
  const recent = new RecentEvents();
  recent.restart(3);
  const asked: number[] = [];
  const ofAll = async (after: number): Promise<ScannedPage> => {
    asked.push(after);
    const next = reads.shift() ?? new StoreUnavailable('down', false);
    if (next instanceof Error) throw next;
    return next;
  };
  const pages = { ofAll } as unknown as Pages;
  const stop = new AbortController();
  const batches = follow({ pages, recent, upcast: catalogueUpcast }, { after: null, signal: stop.signal });
  return { batches, recent, stop, asked };
}

/** Remembers all behind position 1, and commits two events: answers their positions. */
function goOn(recent: RecentEvents): string[] {
  recent.restart(1);
  const events = ['2', '3'].map((position) => ({ ...sample, position }));
  recent.add(2, events, [1, 1]);
  recent.ring();
  return events.map(({ position }) => position);
}

const sample: RecordedEvent = {
  id: 'id',
  stream: 'lot-1',
  revision: 0,
  position: '0',
  type: 'BidPlaced',
  data: {},
  metadata: { commandId: 'c', correlationId: 'r', causationId: 'r', actor: 'system' },
  recordedAt: 0,
};

const positions = (result: IteratorResult<readonly RecordedEvent[]>): string[] =>
  (result.value as readonly RecordedEvent[]).map(({ position }) => position);

describe('a follower', () => {
  it('waits for the end of an outage and goes on where it was', async () => {
    const down = new StoreUnavailable('down', false);
    const { batches } = followerOf([page(1, 'BidPlaced'), down, down, page(2, 'BidPlaced', 'LotClosed')]);
    expect(positions(await batches.next())).toEqual(['1']);
    expect(positions(await batches.next())).toEqual(['2', '3']);
    await batches.return(undefined);
  });

  it.each(['close', 'abort'] as const)('ends in the middle of an outage: %s', async (end) => {
    const { batches, recent, stop } = followerOf([]);
    const next = batches.next();
    if (end === 'close') recent.close();
    else stop.abort();
    expect(await next).toEqual({ done: true, value: undefined });
  });

  it('does not use what it read ahead once it has gone on from memory', async () => {
    const { batches, recent, asked } = followerOf([
      { ...page(1, 'BidPlaced'), end: false },
      page(2, 'BidPlaced'),
      page(4, 'BidPlaced'),
    ]);
    const [first, second, third] = [await batches.next(), goOn(recent), await batches.next()];
    expect([positions(first), positions(third)]).toEqual([['1'], second]);
    recent.restart(9);
    expect(positions(await batches.next())).toEqual(['4']);
    expect(asked).toEqual([0, 1, 3]);
    await batches.return(undefined);
  });

  it('throws StoreUnusable for damage', async () => {
    const { batches } = followerOf([outage({ message: 'torn', lasting: true })]);
    await expect(batches.next()).rejects.toEqual(new StoreUnusable('torn'));
  });

  it('throws StoreUnusable for an event that the program does not know', async () => {
    const { batches } = followerOf([page(1, 'FromTheFuture')]);
    await expect(batches.next()).rejects.toThrow(StoreUnusable);
  });

  it('lets go of its bell however it ends', async () => {
    const { batches, recent } = followerOf([page(1, 'BidPlaced')]);
    await batches.next();
    expect(recent.bells.size).toBe(1);
    await batches.return(undefined);
    expect(recent.bells.size).toBe(0);
  });
});
