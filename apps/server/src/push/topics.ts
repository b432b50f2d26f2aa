import type { MessageBatch } from './message-batch.js';
import type { Subscriber } from './subscriber.js';

/** Who is subscribed to what. */
export class Topics {
  private readonly lots = new Map<string, Set<Subscriber>>();
  private readonly auctions = new Map<string, Set<Subscriber>>();
  private readonly everything = new Set<Subscriber>();

  addLot(lotId: string, subscriber: Subscriber): void {
    subscriber.lots.add(lotId);
    add(this.lots, lotId, subscriber);
  }

  addAuction(auctionId: string, subscriber: Subscriber): void {
    subscriber.auctions.add(auctionId);
    add(this.auctions, auctionId, subscriber);
  }

  addAll(subscriber: Subscriber): void {
    subscriber.all = true;
    this.everything.add(subscriber);
  }

  removeLot(lotId: string, subscriber: Subscriber): void {
    subscriber.lots.delete(lotId);
    remove(this.lots, lotId, subscriber);
  }

  removeAuction(auctionId: string, subscriber: Subscriber): void {
    subscriber.auctions.delete(auctionId);
    remove(this.auctions, auctionId, subscriber);
  }

  removeAll(subscriber: Subscriber): void {
    subscriber.all = false;
    this.everything.delete(subscriber);
  }

  /** The subscriber is gone. */
  remove(subscriber: Subscriber): void {
    for (const lotId of subscriber.lots) this.removeLot(lotId, subscriber);
    for (const auctionId of subscriber.auctions) this.removeAuction(auctionId, subscriber);
    this.removeAll(subscriber);
  }

  deliver(batch: MessageBatch): void {
    const { lotId, auctionId } = batch;
    if (lotId !== null) for (const subscriber of this.lots.get(lotId) ?? []) subscriber.offer(batch);
    for (const subscriber of this.auctions.get(auctionId) ?? []) subscriber.offer(batch);
    for (const subscriber of this.everything) subscriber.offer(batch);
  }
}

function add(topics: Map<string, Set<Subscriber>>, id: string, subscriber: Subscriber): void {
  const subscribers = topics.get(id);
  if (subscribers === undefined) topics.set(id, new Set([subscriber]));
  else subscribers.add(subscriber);
}

function remove(topics: Map<string, Set<Subscriber>>, id: string, subscriber: Subscriber): void {
  const subscribers = topics.get(id);
  subscribers?.delete(subscriber);
  if (subscribers?.size === 0) topics.delete(id);
}
