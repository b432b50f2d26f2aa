import type { AnalyticsAnswer } from '#contracts/http/analytics.js';
import type { PublicEvent } from '#contracts/public-events/public-catalogue.js';
import type { WindowRange } from '../windows.js';

const LENGTH = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** The windows of public events in commit order, counted one by one: shares no code with what it is compared to. */
export function foldWindows(events: readonly PublicEvent[], { size, from, until }: WindowRange, auctionId?: string) {
  const currencies = new Map<string, string>();
  const sole = new Set<string>();
  for (const { eventType, auctionId: of, payload } of events) {
    if (eventType === 'AuctionCreated') currencies.set(of, payload.currency);
    if (eventType === 'LotListed' && payload.buyNow?.quantity === 1) sole.add(payload.lotId);
  }
  const count = (first: number, end: number) => {
    const own = events.filter(({ timestamp, auctionId: of }) => {
      const at = Date.parse(timestamp);
      return at >= first && at < end && (auctionId === undefined || of === auctionId);
    });
    const ofType = (type: string) => own.filter(({ eventType }) => eventType === type).length;
    const money = new Map<string, number>();
    let purchases = 0;
    for (const { eventType, auctionId: of, payload } of own) {
      let earned = 0;
      if (eventType === 'LotSold') earned = payload.amount ?? 0;
      if (eventType === 'ItemBought') purchases += payload.quantity;
      if (eventType === 'ItemBought' && !sole.has(payload.lotId)) earned = payload.quantity * payload.price;
      const currency = currencies.get(of) ?? 'unknown';
      if (earned > 0) money.set(currency, (money.get(currency) ?? 0) + earned);
    }
    return {
      bids: ofType('BidPlaced'),
      purchases,
      lotsSold: ofType('LotSold'),
      lotsPassed: ofType('LotPassed'),
      lotsWithdrawn: ofType('LotWithdrawn'),
      extensions: ofType('BiddingExtended'),
      revenue: [...money].sort().map(([currency, amount]) => ({ currency, amount })),
    };
  };
  const windows: AnalyticsAnswer['windows'] = [];
  for (let at = from; at < until; at += LENGTH[size]) {
    windows.push({ start: new Date(at).toISOString(), ...count(at, at + LENGTH[size]) });
  }
  return { window: size, windows, totals: count(from, until) };
}
