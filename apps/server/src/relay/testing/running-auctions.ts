import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore, EventToAppend } from '#event-store/event-store.js';
import { uuidV5, uuidV7 } from '#platform/uuid.js';
import { lotTerms } from '#testing/lot-builders.js';

const metadata = { commandId: randomUUID(), correlationId: 'a-test', causationId: 'a-test', actor: 'system' };

/** Auctions that go on in the store: bids on all of them, a few at a time, until they are stopped. */
export class RunningAuctions {
  private running = true;
  private writing: Promise<void> = Promise.resolve();
  private readonly lots: { auctionId: string; lotId: string; revision: number }[] = [];

  private constructor(private readonly store: EventStore) {}

  static async start(store: EventStore, count: number): Promise<RunningAuctions> {
    const auctions = new RunningAuctions(store);
    for (let i = 0; i < count; i += 1) await auctions.open();
    auctions.writing = auctions.write();
    return auctions;
  }

  /** Answers when the last bid is stored. */
  async stop(): Promise<void> {
    this.running = false;
    await this.writing;
  }

  private async open(): Promise<void> {
    const [auctionId, lotId] = [uuidV7(), uuidV7()];
    const terms = { title: 'Watches', currency: 'EUR', opensAt: null, closesAt: null, stagger: null };
    await this.store.append(`auction-${auctionId}`, 'no-stream', [
      event(auctionId, 0, 'AuctionCreated', { auctionId, ...terms, createdAt: 1 }),
      event(auctionId, 1, 'AuctionStarted', { auctionId, startedAt: 2 }),
    ]);
    const listed = { lotId, auctionId, ordinal: 1, terms: lotTerms(), extendsAsGroup: false };
    await this.store.append(`lot-${lotId}`, 'no-stream', [event(lotId, 0, 'LotListed', listed)]);
    this.lots.push({ auctionId, lotId, revision: 0 });
  }

  private async write(): Promise<void> {
    while (this.running) {
      await Promise.all(this.lots.map((lot) => this.bid(lot)));
      await sleep(40);
    }
  }

  private async bid(lot: { auctionId: string; lotId: string; revision: number }): Promise<void> {
    const { auctionId, lotId, revision } = lot;
    const next = revision + 1;
    const stored = event(lotId, next, 'BidPlaced', {
      ...{ lotId, auctionId, bidId: uuidV5(`bid/${lotId}/${next}`), bidderId: `bidder-${next % 7}`, amount: next },
      ...{ bidPolicy: 'open', sequence: next, acceptedAt: 3, outcome: 'leading', price: next },
    });
    await this.store.append(`lot-${lotId}`, revision, [stored]);
    lot.revision = next;
  }
}

const event = (owner: string, index: number, type: string, data: object): EventToAppend => ({
  id: uuidV5(`event/${owner}/${index}`),
  type,
  version: 1,
  data,
  metadata,
});
