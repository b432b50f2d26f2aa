import { auctionDecider } from '#auction/auction/auction-decider.js';
import { lotDecider } from '#auction/lot/lot-decider.js';
import type { AuctionEvent } from '#contracts/events/auction-events.js';
import type { LotEvent } from '#contracts/events/lot-events.js';
import { comparePositions, type Position, type RecordedEvent } from '#event-store/event-store.js';
import type { StoredEvent } from '../projection.js';

export type ExpectedRows = Record<string, Record<string, unknown>>;

/** What the read models must hold: folded stream by stream, not in commit order, and without any projection. */
export function expectedRows(recorded: readonly RecordedEvent[], upTo?: Position): ExpectedRows {
  const all = recorded.filter(({ position }) => upTo === undefined || comparePositions(position, upTo) <= 0);
  const events = all as readonly StoredEvent[];
  const streams = new Map<string, StoredEvent[]>();
  for (const event of events) streams.set(event.stream, [...(streams.get(event.stream) ?? []), event]);
  const rows: ExpectedRows = {
    lots: {},
    auctions: {},
    listings: {},
    bids: {},
    keys: {},
    webhooks: {},
  };
  const put = (model: string, key: string, row: unknown) => {
    (rows[model] as Record<string, unknown>)[key] = row;
  };

  for (const [stream, own] of streams) {
    const { revision, position } = own.at(-1) as StoredEvent;
    if (stream.startsWith('lot-')) {
      const lot = (own as unknown as LotEvent[]).reduce(lotDecider.evolve, lotDecider.initial);
      put('lots', stream.slice(4), { lot: { ...lot, boughtBy: null }, revision, position });
    }
    if (stream.startsWith('auction-')) put('auctions', stream.slice(8), auctionRow(own, events));
    if (stream.startsWith('key-')) {
      const issued = own.find((event) => event.type === 'KeyIssued');
      put('keys', stream.slice(4), { ...issued?.data, revoked: own.some(({ type }) => type === 'KeyRevoked') });
    }
  }
  for (const event of events) {
    const { type, data, position } = event;
    if (type === 'WebhookSubscribed') {
      const fresh = { subscribedPosition: position, generation: 1, previous: [], disabled: null };
      put('webhooks', `${data.partner}/${data.webhookId}`, { ...data, ...fresh });
    }
    if (type === 'AuctionCreated') {
      put('listings', `created/${position.padStart(20, '0')}`, { auctionId: data.auctionId });
    }
    if (type === 'LotListed') {
      const { auctionId, lotId, ordinal } = data;
      put('listings', `auction/${auctionId}/${String(ordinal).padStart(6, '0')}`, { auctionId, lotId, ordinal });
    }
    if (type === 'BidPlaced' || type === 'BidArrivedLate') {
      const { bidId, lotId, auctionId, bidderId, amount, acceptedAt } = data;
      const [outcome, sequence, price] =
        type === 'BidPlaced' ? [data.outcome, data.sequence, data.price] : ['late', null, null];
      const row = { bidId, lotId, auctionId, bidderId, sequence, amount, price, outcome, acceptedAt };
      if (sequence !== null) put('bids', `lot/${lotId}/${String(sequence).padStart(12, '0')}`, row);
      put('bids', `bidder/${bidderId}/${position.padStart(20, '0')}`, row);
      put('bids', `bid/${bidId}`, row);
    }
  }
  return rows;
}

function auctionRow(own: readonly StoredEvent[], all: readonly StoredEvent[]): object {
  const auction = (own as unknown as AuctionEvent[]).reduce(auctionDecider.evolve, auctionDecider.initial);
  if (auction.phase === 'not-created') throw new Error('an auction without AuctionCreated');
  const { auctionId, title, currency, phase, opensAt, closesAt, stagger, startedAt } = auction;
  const listed = all.filter((event) => event.type === 'LotListed' && event.data.auctionId === auctionId);
  const ended = own.find((event) => event.type === 'AuctionEnded');
  const touching = [...own, ...listed].map(({ position }) => position).sort(comparePositions);
  return {
    ...{ auctionId, title, currency, phase, opensAt, closesAt, stagger, startedAt },
    endedAt: ended?.type === 'AuctionEnded' ? ended.data.endedAt : null,
    lotCount: listed.length,
    unsettledCount: auction.order.size - auction.settledCount,
    results: ended?.type === 'AuctionEnded' ? ended.data.results : null,
    revision: own.at(-1)?.revision,
    position: touching.at(-1),
  };
}

/** What the read model of bids handles. */
export const isBid = ({ type }: { readonly type: string }): boolean =>
  type === 'BidPlaced' || type === 'BidArrivedLate';
