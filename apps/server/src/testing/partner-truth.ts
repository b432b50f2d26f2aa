import { publicEventOf, publishedTypes } from '#contracts/public-events/public-event-of.js';
import type { EventReader, Position } from '#event-store/event-store.js';
import { readCommitted, type SeenRecord } from '#messaging/testing/read-topic.js';
import { BidderAliases } from '#platform/bidder-aliases.js';
import { ALIAS_KEY } from './running-server.js';

const PAGE = 5_000;

/** What partners are to see, from the store alone, in commit order, as JSON. */
export async function partnerTruth(store: EventReader): Promise<string[]> {
  const { of } = new BidderAliases(ALIAS_KEY);
  const truth: string[] = [];
  for (let after: Position | null = null; ; ) {
    const page = await store.readAll(after, PAGE, publishedTypes);
    truth.push(...page.map((event) => JSON.stringify(publicEventOf(event, of))));
    if (page.length < PAGE) return truth;
    after = page.at(-1)?.position ?? after;
  }
}

/** The events of each auction in their order, so that what lies in several partitions can be compared. */
export function byAuction(events: readonly string[]): Record<string, string[]> {
  const auctions: Record<string, string[]> = {};
  for (const event of events) {
    const { auctionId } = JSON.parse(event) as { auctionId: string };
    auctions[auctionId] ??= [];
    auctions[auctionId].push(event);
  }
  return auctions;
}

/** As kcat reads them: by partition, in the order of their offsets. */
export async function eventsInKafka(broker: string, topic: string): Promise<string[]> {
  const seen = await readCommitted(broker, topic);
  return [...seen].sort(inOrder).map(({ payload }) => payload);
}

const inOrder = (a: SeenRecord, b: SeenRecord): number => a.partition - b.partition || a.offset - b.offset;
