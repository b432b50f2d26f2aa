import { incrementPresets } from '#auction/lot/increments.js';
import type { LotOffer } from '#contracts/terms.js';
import type { EventStore } from '#event-store/event-store.js';
import type { CommandContext } from '#event-store/stream-writer/command-context.js';
import { uuidV7 } from '#platform/uuid.js';
import { AuctionWriter, type LotWriter } from '../../../apps/server/src/writers.js';

const AT_ONCE = 500;

const offer = (title: string, proxy: boolean): LotOffer => ({
  title,
  startingBid: 100,
  bidPolicy: proxy ? 'proxy' : 'open',
  increments: [...incrementPresets.ebay],
  reserve: null,
  softClose: null,
  closesAt: null,
  buyNow: null,
  vehicle: null,
});

/** As a command of an auctioneer has it. */
export const context = (actor: string): CommandContext => {
  const request = uuidV7();
  return { commandId: uuidV7(), correlationId: request, causationId: request, actor };
};

export interface LotsToOpen {
  readonly count: number;
  /** Every second lot with hidden maxima. */
  readonly proxies: boolean;
}

/** Lots of one auction that has started, in the events that the server would have written. */
export async function openLots(store: EventStore, lots: LotWriter, { count, proxies }: LotsToOpen): Promise<string[]> {
  const auctions = new AuctionWriter(store);
  const auctionId = uuidV7();
  const at = Date.now();
  const auction = { type: 'CreateAuction', auctionId, title: 'Bench', currency: 'EUR', opensAt: null } as const;
  await auctions.execute(auctionId, { ...auction, closesAt: null, stagger: null, at }, context('auctioneer:bench'));

  const lotIds = Array.from({ length: count }, () => uuidV7());
  const open = async (lotId: string, ordinal: number) => {
    const terms = offer(`Lot ${ordinal}`, proxies && ordinal % 2 === 0);
    await auctions.execute(auctionId, { type: 'AddLot', lotId, offer: terms, at }, context('auctioneer:bench'));
    const listed = { lotId, auctionId, ordinal, terms: { ...terms, currency: 'EUR' }, extendsAsGroup: false };
    await lots.execute(lotId, { type: 'ListLot', ...listed }, context('system'));
    await lots.execute(lotId, { type: 'OpenLot', at }, context('system'));
  };
  for (let first = 0; first < count; first += AT_ONCE) {
    const some = lotIds.slice(first, first + AT_ONCE);
    await Promise.all(some.map((lotId, index) => open(lotId, first + index + 1)));
  }
  await auctions.execute(auctionId, { type: 'StartAuction', at }, context('auctioneer:bench'));
  return lotIds;
}
