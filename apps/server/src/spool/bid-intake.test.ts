import { jest } from '@jest/globals';
import { lotDecider } from '#auction/lot/lot-decider.js';
import type { LotEvent } from '#contracts/events/lot-events.js';
import { temporaryDirectory } from '#event-store/embedded/testing/temporary-directory.js';
import { eventId } from '#event-store/event-id.js';
import { StoreUnavailable } from '#event-store/event-store.js';
import { Spool } from '#event-store/spool/spool.js';
import { Overloaded } from '#event-store/stream-writer/command-context.js';
import type { ReadModel } from '#read-models/read-model.js';
import type { BidRow, LotRow } from '#read-models/rows.js';
import { fold } from '#testing/decider-spec.js';
import { FailingEventStore } from '#testing/failing-event-store.js';
import { CLOSES, closed, lotId, OPENS, opened, passed, withdrawn } from '#testing/lot-builders.js';
import { until } from '#testing/until.js';
import { LotWriter } from '../writers.js';
import { Life } from './testing/life.js';

const STREAM = `lot-${lotId}`;

describe('bids while the event store is away', () => {
  let store: FailingEventStore;
  let directory: string;
  let life: Life;
  /** What the read models show; null: they do not know the lot. */
  let shown: LotEvent[] | null;
  const rows = {
    get: () => {
      if (shown === null) return null;
      return { lot: fold(lotDecider, shown), revision: shown.length - 1, position: '1' };
    },
  } as unknown as ReadModel<LotRow>;

  const record = (...events: LotEvent[]) => {
    const before = shownRevision();
    const toAppend = events.map((event, i) => ({
      ...event,
      id: eventId(STREAM, `history-${before}`, i),
      version: 1,
      metadata: { commandId: `history-${before}`, correlationId: 'x', causationId: 'x', actor: 'system' },
    }));
    expect(store.commit(STREAM, before === -1 ? 'no-stream' : before, toAppend).outcome).toBe('appended');
  };
  let shownRevision: () => number;
  const stored = async () => {
    store.set('up');
    const events = (await store.readStream(STREAM, 0, 10_000)) as unknown as LotEvent[];
    return events.flatMap((event) => {
      if (event.type === 'BidPlaced') return [`${event.data.bidderId} ${event.data.amount}`];
      if (event.type === 'BidArrivedLate') return [`${event.data.bidderId} ${event.data.amount} late`];
      return [];
    });
  };

  beforeEach(async () => {
    store = new FailingEventStore();
    let count = 0;
    const commit = store.commit.bind(store);
    store.commit = (...args) => {
      const result = commit(...args);
      if (result.outcome === 'appended') count = Math.max(count, (result.events.at(-1)?.revision ?? -1) + 1);
      return result;
    };
    shownRevision = () => count - 1;
    record(...opened());
    shown = opened();
    directory = temporaryDirectory();
    life = await Life.begin(store, directory, rows);
  });
  afterEach(async () => {
    store.set('up');
    await life.end();
  });

  it('go into the stream while it answers', async () => {
    expect(await life.bid('ann', 2_000)).toMatchObject({ kind: 'accepted', revision: 2 });
    expect(life.spool.state()).toEqual({ depth: 0, oldestAt: null });
  });

  it.each(['down', 'mute', 'gone'] as const)('are spooled, and drained in order once each: %s', async (outage) => {
    store.set(outage);
    const taken = [];
    for (const [i, bidder] of ['ann', 'bob', 'cat', 'dan'].entries()) {
      taken.push(await life.bid(bidder, 2_000 + i, { acceptedAt: OPENS + 1 + i }));
    }
    expect(taken.map(({ kind }) => kind)).toEqual(['spooled', 'spooled', 'spooled', 'spooled']);
    expect(life.spool.state()).toEqual({ depth: 4, oldestAt: OPENS + 1 });
    store.set('up');
    await until(() => life.spool.state().depth === 0);
    expect(await stored()).toEqual(['ann 2000', 'bob 2001', 'cat 2002', 'dan 2003']);
    expect(await life.bid('eve', 3_000)).toMatchObject({ kind: 'accepted' });
  });

  it('of one moment are all kept, and later ones do not overtake them', async () => {
    store.set('gone');
    const early = Array.from({ length: 30 }, (_, i) => life.bid('ann', 2_000 + i, { acceptedAt: OPENS + 1 + i }));
    expect(new Set((await Promise.all(early)).map(({ kind }) => kind))).toEqual(new Set(['spooled']));
    store.set('up');
    const late = Array.from({ length: 30 }, (_, i) => life.bid('bob', 3_000 + i, { acceptedAt: OPENS + 50 + i }));
    await Promise.all(late);
    await until(() => life.spool.state().depth === 0);
    const bids = await stored();
    expect(bids).toHaveLength(60);
    expect(bids).toEqual([...bids].sort());
  });

  it('survive the end of the process', async () => {
    store.set('mute');
    await life.bid('ann', 2_000, { acceptedAt: OPENS + 1 });
    await life.bid('bob', 2_001, { acceptedAt: OPENS + 2 });
    // Another process: nothing of this one's memory is left.
    const elsewhere = life;
    await elsewhere.spool.close();
    store.set('up');
    life = await Life.begin(store, directory, rows);
    await until(() => life.spool.state().depth === 0);
    expect(await stored()).toEqual(['ann 2000', 'bob 2001']);
    await elsewhere.drainer.stop();
  });

  it('that arrived unconfirmed are recorded once by the next process', async () => {
    // A writer that knows the lot reads nothing before it appends, so that the append arrives.
    await life.bid('zoe', 1_500, { acceptedAt: OPENS + 1 });
    store.set('mute');
    expect(await life.bid('ann', 2_000, { acceptedAt: OPENS + 2 })).toMatchObject({ kind: 'spooled' });
    const elsewhere = life;
    await elsewhere.spool.close();
    store.set('up');
    life = await Life.begin(store, directory, rows);
    await until(() => life.spool.state().depth === 0);
    expect(await stored()).toEqual(['zoe 1500', 'ann 2000']);
    await elsewhere.drainer.stop();
  });

  it('go behind those of their lot that wait, also when the store answers again', async () => {
    store.set('down');
    await life.bid('ann', 2_000, { acceptedAt: OPENS + 1 });
    const attempt = jest.spyOn(LotWriter.prototype, 'attemptAll').mockImplementation((_, commands) => {
      return commands.map(() => ({ outcome: Promise.reject(new Overloaded('too many')), withdraw: () => null }));
    });
    store.set('up');
    await until(() => attempt.mock.calls.length > 2);
    expect(await life.bid('bob', 3_000, { acceptedAt: OPENS + 2 })).toMatchObject({ kind: 'spooled' });
    attempt.mockRestore();
    await until(() => life.spool.state().depth === 0);
    expect(await stored()).toEqual(['ann 2000', 'bob 3000']);
  });

  it('are spooled for nothing else than a store that is away', async () => {
    const attempt = jest.spyOn(LotWriter.prototype, 'attempt').mockReturnValueOnce({
      outcome: Promise.reject(new Overloaded('too many')),
      withdraw: () => null,
    });
    await expect(life.bid('ann', 2_000)).rejects.toThrow(Overloaded);
    attempt.mockRestore();
    expect(life.spool.state().depth).toBe(0);
  });

  it('are told to their own bidder alone while they wait, and leave nothing behind once they are drained', async () => {
    store.set('down');
    await life.bid('ann', 2_000, { acceptedAt: OPENS + 1 });
    await life.bid('bob', 2_001, { acceptedAt: OPENS + 2 });
    const amounts = (bidderId: string) => life.spool.ofBidder(bidderId).map(({ amount }) => amount);
    expect([amounts('ann'), amounts('bob'), amounts('cat')]).toEqual([[2_000], [2_001], []]);
    store.set('up');
    await until(() => amounts('ann').length + amounts('bob').length === 0);
    await life.end();
    life = await Life.begin(store, directory, rows);
    expect(life.spool.state()).toEqual({ depth: 0, oldestAt: null });
  });

  it('are drained once also when the process ends between the append and the note of it', async () => {
    store.set('down');
    await life.bid('ann', 2_000);
    const forgotten = jest.spyOn(Spool.prototype, 'remove').mockRejectedValue(new StoreUnavailable('disk', false));
    store.set('up');
    await until(() => life.spool.state().depth === 0);
    await life.end();
    forgotten.mockRestore();
    life = await Life.begin(store, directory, rows);
    expect(life.spool.state().depth).toBe(1);
    await until(() => life.spool.state().depth === 0);
    expect(await stored()).toEqual(['ann 2000']);
  });

  it('behind a close or a withdrawal are recorded as late', async () => {
    store.set('down');
    await life.bid('ann', 2_000, { acceptedAt: OPENS + 10 });
    record(closed('auctioneer', OPENS + 5), passed('no-valid-bid'));
    store.set('up');
    await until(() => life.spool.state().depth === 0);
    expect(await stored()).toEqual(['ann 2000 late']);
    expect(life.drainedAs).toEqual(['late']);
  });

  it('that cannot be recorded stay with the reason, also in the next life', async () => {
    store = new FailingEventStore();
    store.set('down');
    await life.end();
    life = await Life.begin(store, directory, rows);
    const taken = await life.bid('ann', 2_000);
    const bidId = taken.kind === 'spooled' ? taken.bid.bidId : '';
    // The store comes back without the lot.
    store.set('up');
    await until(() => life.spool.refusalOf(bidId) !== undefined);
    await life.end();
    life = await Life.begin(store, directory, rows);
    expect(life.spool.refusalOf(bidId)).toBe('lot-not-found');
    expect(life.spool.find(bidId)).toMatchObject({ bidderId: 'ann', amount: 2_000 });
    expect(life.spool.state().depth).toBe(0);
    // Nothing would carry it out: so it is not acknowledged again.
    store.set('down');
    await expect(life.bid('ann', 2_000, { commandId: bidId })).rejects.toThrow(StoreUnavailable);
  });

  it('under one key at the same time are one bid, and the other body is told', async () => {
    store.set('gone');
    const bids = [2_000, 2_500].map((amount) =>
      life.bid('ann', amount, { commandId: 'one-key', requestDigest: String(amount) }),
    );
    expect((await Promise.all(bids)).map(({ kind }) => kind)).toEqual(['spooled', 'key-reused']);
    store.set('up');
    await until(() => life.spool.state().depth === 0);
    expect(await stored()).toEqual(['ann 2000']);
  });

  it('under a key are the same bid when they are repeated, and another body is told', async () => {
    store.set('down');
    const first = await life.bid('ann', 2_000, { requestDigest: 'body' });
    expect(await life.bid('ann', 2_000, { requestDigest: 'body' })).toEqual(first);
    expect(await life.bid('ann', 2_000, { requestDigest: 'other' })).toEqual({ kind: 'key-reused' });
    expect(life.spool.state().depth).toBe(1);
    store.set('up');
    await until(() => life.spool.state().depth === 0);
    expect(await life.bid('ann', 2_000, { requestDigest: 'body' })).toMatchObject({ kind: 'accepted', repeated: true });
    expect(await stored()).toEqual(['ann 2000']);
  });

  it('under a key are not refused by a lot that has closed: the stream may have taken them in time', async () => {
    const key = { commandId: 'one-key', requestDigest: 'body' };
    expect(await life.bid('ann', 2_000, key)).toMatchObject({ kind: 'accepted' });
    const ending = [closed('auctioneer', OPENS + 5), passed('no-valid-bid')];
    record(...ending);
    shown = [...opened(), ...ending];
    store.set('down');
    const behind = { acceptedAt: OPENS + 20 };
    await expect(life.bid('ann', 2_000, { ...key, ...behind })).rejects.toThrow(StoreUnavailable);
    expect(await life.bid('ann', 2_000, behind)).toMatchObject({ kind: 'refused' });
    store.set('up');
    expect(await life.bid('ann', 2_000, { ...key, ...behind })).toMatchObject({ kind: 'accepted', repeated: true });
  });

  it('under the key of a bid that is recorded are not acknowledged a second time: the store has the first answer', async () => {
    const key = { commandId: 'one-key', requestDigest: 'body' };
    await life.bid('ann', 2_000, key);
    life.recorded = { bidId: 'one-key', amount: 2_000 } as BidRow;
    store.set('down');
    expect(await life.bid('ann', 2_500, { ...key, requestDigest: 'other' })).toEqual({ kind: 'key-reused' });
    await expect(life.bid('ann', 2_000, key)).rejects.toThrow(StoreUnavailable);
    expect(life.spool.state()).toEqual({ depth: 0, oldestAt: null });
    store.set('up');
    expect(await life.bid('ann', 2_000, key)).toMatchObject({ kind: 'accepted', repeated: true });
    expect(await stored()).toEqual(['ann 2000']);
  });

  it.each([
    ['of a lot that nobody knows', () => null, {}],
    ['of a lot that may have opened meanwhile', () => opened().slice(0, 1), {}],
    ['behind an end that may have moved', opened, { acceptedAt: CLOSES }],
    ['with a precondition', opened, { expectedRevisions: [1] }],
  ] as const)('%s are not taken', async (_, history, more) => {
    shown = history();
    store.set('down');
    await expect(life.bid('ann', 2_000, more)).rejects.toThrow(StoreUnavailable);
    expect(life.spool.state().depth).toBe(0);
  });

  it('are taken behind the end as far as those that wait have moved it, and recorded as in time', async () => {
    const ends = { windowSeconds: 10, extensionSeconds: 20 };
    shown = opened({ softClose: ends });
    record(...shown);
    store.set('down');
    await life.bid('ann', 2_000, { acceptedAt: CLOSES - 1_000 });
    await life.bid('bob', 3_000, { acceptedAt: CLOSES + 15_000 });
    await life.bid('cat', 4_000, { acceptedAt: CLOSES + 30_000 });
    await expect(life.bid('dan', 5_000, { acceptedAt: CLOSES + 60_000 })).rejects.toThrow(StoreUnavailable);
    // One that waited longer for the store stands in front of those that came behind it.
    await life.bid('eve', 3_000, { acceptedAt: CLOSES + 45_000 });
    await life.bid('fay', 4_500, { acceptedAt: CLOSES + 44_000 });
    await life.bid('gus', 6_000, { acceptedAt: CLOSES + 60_000 });
    store.set('up');
    await until(() => life.spool.state().depth === 0);
    expect(await stored()).toEqual(['ann 2000', 'bob 3000', 'cat 4000', 'fay 4500', 'eve 3000', 'gus 6000']);
    expect(new Set(life.drainedAs)).toEqual(new Set(['stored']));
  });

  it('keep their lot from being closed while there is too much to do for the writer', async () => {
    store.set('down');
    await life.bid('ann', 2_000);
    const attempt = jest.spyOn(LotWriter.prototype, 'attemptAll').mockImplementation((_, commands) => {
      return commands.map(() => ({ outcome: Promise.reject(new Overloaded('too many')), withdraw: () => null }));
    });
    store.set('up');
    await until(() => attempt.mock.calls.length > 2);
    expect(life.drainer.holds(lotId)).toBe(true);
    attempt.mockRestore();
    await until(() => life.spool.state().depth === 0);
    expect(await stored()).toEqual(['ann 2000']);
  });

  it.each([
    ['withdrawn', [...opened(), withdrawn()]],
    ['closed', [...opened(), closed(), passed('no-valid-bid')]],
  ])('of a lot that is %s for certain are refused', async (_, history) => {
    shown = history;
    store.set('down');
    expect(await life.bid('ann', 2_000, { acceptedAt: CLOSES + 1 })).toEqual({
      kind: 'refused',
      refusal: { code: 'lot-closed' },
    });
  });

  it('are not taken by a spool that is full', async () => {
    await life.end();
    life = await Life.begin(store, directory, rows, 2);
    store.set('down');
    await life.bid('ann', 2_000);
    await life.bid('bob', 2_001);
    await expect(life.bid('cat', 2_002)).rejects.toThrow('the spool is full');
    expect(life.spool.takesBids).toBe(false);
    store.set('up');
    await until(() => life.spool.takesBids);
    expect(await life.bid('dan', 2_003)).toMatchObject({ kind: 'accepted' });
    expect(await stored()).toEqual(['ann 2000', 'bob 2001', 'dan 2003']);
  });

  it('of one moment are not taken beyond what the spool may hold', async () => {
    await life.end();
    life = await Life.begin(store, directory, rows, 2);
    store.set('down');
    const taken = await Promise.allSettled(Array.from({ length: 6 }, (_, i) => life.bid('ann', 2_000 + i)));
    expect(taken.map(({ status }) => status).sort()).toEqual([
      ...['fulfilled', 'fulfilled'],
      ...['rejected', 'rejected', 'rejected', 'rejected'],
    ]);
    expect(life.spool.state().depth).toBe(2);
  });

  it('are not taken by a disk that fails', async () => {
    store.set('down');
    const put = jest.spyOn(Spool.prototype, 'put').mockRejectedValueOnce(new StoreUnavailable('disk full', false));
    await expect(life.bid('ann', 2_000)).rejects.toThrow('disk full');
    expect([life.spool.takesBids, life.spool.trouble(0)]).toEqual([false, 'disk full']);
    put.mockRestore();
    expect(await life.bid('bob', 2_001)).toMatchObject({ kind: 'spooled' });
    expect([life.spool.takesBids, life.spool.trouble(OPENS + 5_001)]).toEqual([
      true,
      '1 bids wait for the event store, the oldest for 5 s',
    ]);
    store.set('up');
    await until(() => life.spool.state().depth === 0);
    expect(await stored()).toEqual(['bob 2001']);
  });
});
