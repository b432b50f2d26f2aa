import { Value } from 'typebox/value';
import { StoreUnavailable, StoreUnusable } from '#event-store/event-store.js';
import type { Spool } from '#event-store/spool/spool.js';
import { SpooledBid } from './spooled-bid.js';

/** A disk that failed is asked again so often, milliseconds. */
const PROBE_MS = 1_000;

export interface SpoolState {
  /** Bids that wait. */
  readonly depth: number;
  /** When the oldest of them was accepted, milliseconds; null: none waits. */
  readonly oldestAt: number | null;
}

/**
 * The bids that were acknowledged and are not in the store yet, by lot in the order in which they were accepted. Those that could
 * not be recorded stay, with the reason, until as many others were refused after them as may wait: they take the place of none that
 * waits, and neither the memory nor the file grows by them for ever.
 */
export class BidSpool {
  private readonly byId = new Map<string, SpooledBid>();
  private readonly waiting = new Map<string, SpooledBid[]>();
  /** The first that was refused first; after a start, the first that was accepted. */
  private readonly refusals = new Map<string, string>();
  private depth = 0;
  private putting = 0;
  private dropping = false;
  /** Why the newest bid could not be put; null once the disk has taken something since. */
  private failure: string | null = null;
  private prober: NodeJS.Timeout | undefined;
  private closed = false;
  /** Called when a bid begins to wait. */
  onPut: () => void = () => undefined;

  /** Throws StoreUnusable for an entry that cannot be read: it was acknowledged. `capacity`: bids that wait at most. */
  constructor(
    private readonly spool: Spool,
    private readonly capacity: number,
    private readonly probeMs = PROBE_MS,
  ) {
    for (const { id, text, refused } of spool.found) {
      const bid: unknown = JSON.parse(text);
      if (!Value.Check(SpooledBid, bid)) throw new StoreUnusable(`the spool holds a bid that cannot be read: ${id}`);
      if (refused === null) this.add(bid);
      else this.keepRefused(bid, refused);
    }
    // What cannot be dropped now is dropped behind the next refusal.
    this.dropRefused().catch(() => undefined);
  }

  /** Answers once the bid is on the disk. Rejects with StoreUnavailable when the spool is full or its disk fails. */
  async put(bid: SpooledBid): Promise<void> {
    if (this.depth + this.putting >= this.capacity) throw new StoreUnavailable('the spool is full', false);
    this.putting += 1;
    const text = JSON.stringify(bid);
    try {
      await this.spool.put({ id: bid.bidId, arrival: bid.acceptedAt, text });
      this.failure = null;
    } catch (error) {
      this.failed(error, text);
      throw error;
    } finally {
      this.putting -= 1;
    }
    this.add(bid);
    this.onPut();
  }

  find(bidId: string): SpooledBid | undefined {
    return this.byId.get(bidId);
  }

  /** Why the bid could not be recorded; undefined: it waits. */
  refusalOf(bidId: string): string | undefined {
    return this.refusals.get(bidId);
  }

  /** Of a bidder, in no order. */
  ofBidder(bidderId: string): SpooledBid[] {
    return [...this.byId.values()].filter((bid) => bid.bidderId === bidderId);
  }

  /** Lots with bids that wait, the one that has waited longest first. */
  lots(): string[] {
    const oldest = (lotId: string): number => this.waiting.get(lotId)?.[0]?.acceptedAt ?? 0;
    return [...this.waiting.keys()].sort((a, b) => oldest(a) - oldest(b));
  }

  waitingFor(lotId: string): readonly SpooledBid[] {
    return this.waiting.get(lotId) ?? [];
  }

  /** Whether a bid would be taken now, as far as is known. */
  get takesBids(): boolean {
    return this.failure === null && this.depth < this.capacity;
  }

  /** One sentence for the operator; null: nothing waits and nothing is wrong. */
  trouble(now: number): string | null {
    if (this.failure !== null) return this.failure;
    const { depth, oldestAt } = this.state();
    if (oldestAt === null) return null;
    const seconds = Math.max(0, Math.round((now - oldestAt) / 1_000));
    return `${depth} bids wait for the event store, the oldest for ${seconds} s${this.takesBids ? '' : '; it is full'}`;
  }

  state(): SpoolState {
    let oldestAt: number | null = null;
    for (const [first] of this.waiting.values()) {
      if (first !== undefined) oldestAt = Math.min(oldestAt ?? first.acceptedAt, first.acceptedAt);
    }
    return { depth: this.depth, oldestAt };
  }

  /** These are in the stream: they do not wait any more, and are still found until `forget`. */
  recorded(lotId: string, bidIds: ReadonlySet<string>): void {
    const before = this.waitingFor(lotId);
    const left = before.filter(({ bidId }) => !bidIds.has(bidId));
    this.depth -= before.length - left.length;
    if (left.length > 0) this.waiting.set(lotId, left);
    else this.waiting.delete(lotId);
  }

  /** The queries show them now. */
  async forget(bidIds: readonly string[]): Promise<void> {
    for (const bidId of bidIds) this.byId.delete(bidId);
    await this.spool.remove(bidIds);
  }

  /** The bid stays for a while, for its bidder and the operator to see. */
  async refuse(bid: SpooledBid, reason: string): Promise<void> {
    this.recorded(bid.lotId, new Set([bid.bidId]));
    this.keepRefused(bid, reason);
    await this.spool.refuse(bid.bidId, reason);
    // What cannot be dropped now is dropped behind the next refusal.
    await this.dropRefused().catch(() => undefined);
  }

  close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.prober);
    return this.spool.close();
  }

  /** An instance that says it takes no bids gets none: so the disk is asked with as much as it did not take. */
  private failed(error: unknown, text: string): void {
    this.failure = (error as Error).message;
    clearTimeout(this.prober);
    if (this.closed) return;
    this.prober = setTimeout(() => void this.probe(text), this.probeMs).unref();
  }

  private async probe(text: string): Promise<void> {
    if (this.failure === null) return;
    try {
      await this.spool.probe(text);
      this.failure = null;
    } catch (error) {
      this.failed(error, text);
    }
  }

  private add(bid: SpooledBid): void {
    if (this.byId.has(bid.bidId)) return;
    this.byId.set(bid.bidId, bid);
    const bids = this.waiting.get(bid.lotId) ?? [];
    let at = bids.length;
    while (at > 0 && (bids[at - 1] as SpooledBid).acceptedAt > bid.acceptedAt) at -= 1;
    bids.splice(at, 0, bid);
    this.waiting.set(bid.lotId, bids);
    this.depth += 1;
  }

  private keepRefused(bid: SpooledBid, reason: string): void {
    this.byId.set(bid.bidId, bid);
    this.refusals.set(bid.bidId, reason);
  }
  /** The file goes first: the next bid under such an id must not meet its old entry there. */
  private async dropRefused(): Promise<void> {
    if (this.dropping) return;
    this.dropping = true;
    try {
      for (let ids = this.surplus(); ids.length > 0; ids = this.surplus()) {
        await this.spool.remove(ids);
        for (const id of ids) {
          this.byId.delete(id);
          this.refusals.delete(id);
        }
      }
    } finally {
      this.dropping = false;
    }
  }

  /** The refused bids beyond as many as may wait. */
  private surplus(): string[] {
    const ids: string[] = [];
    for (const id of this.refusals.keys()) {
      if (this.refusals.size - ids.length <= this.capacity) break;
      ids.push(id);
    }
    return ids;
  }
}
