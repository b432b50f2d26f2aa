import type { MessageBatch, Outgoing } from './message-batch.js';

/** Messages that may wait for one client; when there are more, the newest state of their lots stands for them. */
export const MAX_WAITING = 500;
/** Bytes that may wait in a client's socket before nothing more is written to it. */
const MAX_BUFFERED = 64 * 1024;
/** A client that is behind on so many lots at once cannot be helped. */
const MAX_DROPPED_LOTS = 10_000;
/** Auctions' messages are never dropped, so there must not be too many of them. */
const MAX_KEPT = 2 * MAX_WAITING;
/** When a snapshot could not be had, it is asked for again after so long, milliseconds. */
const AGAIN_MS = 200;

/** The way to one client. */
export interface Connection {
  readonly format: 'websocket' | 'events';
  /** Written and not yet taken by the network. */
  readonly bufferedBytes: number;
  write(bytes: readonly Buffer[]): void;
  /** False when it has not answered since it was asked the last time; asks anew. */
  isAlive(): boolean;
  /** Calls back once when what was written has gone. */
  onceDrained(callback: () => void): void;
  /** Tells the client to go and come back later, or not at all. */
  close(reason: CloseReason): void;
}

export type CloseReason =
  | 'too-slow'
  | 'going-away'
  | 'unauthenticated'
  | 'credential-expired'
  | 'idle'
  | 'rate-limited'
  | 'too-many-connections';

/** Who is at the other end, and what was told to the hub about them. */
export interface Caller {
  /** Null for everybody but bidders: nothing concerns them in person. */
  readonly bidderId: string | null;
  /** The auctions that there are for it; null: all. */
  readonly auctionIds: readonly string[] | null;
}

export interface SubscriberHooks {
  /** There is something to write, or again. */
  wake(subscriber: Subscriber): void;
  /** The state of a lot, for messages about it that were dropped; null: it cannot be had now. */
  snapshot(lotId: string): Outgoing | null;
  /** Says how far a client is behind all that was sent. */
  subscribed(): Outgoing;
  onDropped(messages: number): void;
  onSent(messages: number): void;
}

/** The lots of an auction are being handed over: messages of those that are still to come wait for their snapshot. */
interface Joining {
  readonly auctionId: string;
  readonly joined: Set<string>;
  readonly passedOver: Set<string>;
}

/**
 * One client's share of the feed: what waits for it, in order, within a bound. A client that takes too little gets, for each lot whose
 * messages were dropped, its newest state instead: what waits never grows, and the client ends up with the truth.
 */
export class Subscriber {
  readonly lots = new Set<string>();
  readonly auctions = new Set<string>();
  all = false;
  joining: Joining | null = null;
  /** Subscriptions that are being made: until then no position can be told. */
  subscribing = 0;
  /** Whether it stands in the queue of the fan-out. */
  queued = false;
  closed = false;
  private waiting: Outgoing[] = [];
  private messages = 0;
  /** The first that waits of those that a client may go on behind: while states are still to come, there is none. */
  private resumableFrom = 0;
  private isLacking = false;
  private readonly dropped = new Set<string>();
  private newest: MessageBatch | null = null;
  private congested = false;
  private beatsCongested = 0;
  private readonly waitingForRoom: (() => void)[] = [];

  constructor(
    readonly caller: Caller,
    private readonly connection: Connection,
    private readonly hooks: SubscriberHooks,
  ) {}

  /** The next messages of the feed; those that come by several subscriptions count once. */
  offer(batch: MessageBatch): void {
    if (this.newest === batch || this.closed || !batch.isFor(this.caller.bidderId)) return;
    this.newest = batch;
    const { lotId } = batch;
    if (lotId !== null && this.isStillToCome(batch.auctionId, lotId)) return;
    this.send(batch);
  }

  /** Snapshots follow: who goes on behind what is sent before the last of them never gets the others. */
  begin(): void {
    this.resumableFrom = Number.POSITIVE_INFINITY;
  }

  /** Something it asked for could not be shown: it must ask anew, and go on behind nothing of this connection. */
  lacks(): void {
    this.isLacking = true;
    this.begin();
  }

  /** A subscription has been made, or not (null). With the last one under way its end is told; to a client that is behind, later. */
  settled(subscribed: Outgoing | null): void {
    this.subscribing -= 1;
    if (subscribed === null || this.subscribing > 0 || this.dropped.size > 0) return;
    this.numberFrom(this.waiting.length);
    this.send(subscribed);
  }

  /** For how many heartbeats the client has taken nothing of what was written. */
  get stuckFor(): number {
    return this.beatsCongested;
  }

  /** A sign of life, and how far the client is, unless it is not. */
  beat(heartbeat: Outgoing): void {
    if (this.congested) this.beatsCongested += 1;
    if (this.subscribing === 0 && this.dropped.size === 0) this.send(heartbeat);
  }

  /** Puts something behind what waits. */
  send(outgoing: Outgoing): void {
    const { lotId } = outgoing;
    if (this.closed) return;
    if (lotId !== null && this.dropped.size > 0) {
      // Also of other lots: a position must not be told while something before it is still to come.
      this.dropped.add(lotId);
      this.hooks.onDropped(outgoing.length);
      return;
    }
    this.waiting.push(outgoing);
    this.messages += outgoing.length;
    if (this.messages > MAX_WAITING && this.waiting.length > 1) this.drop();
    if (!this.congested) this.hooks.wake(this);
  }

  /** Writes what waits, unless the client still has to take what was written before. */
  flush(nowMs: number): void {
    if (this.closed || this.congested) return;
    if (this.connection.bufferedBytes > MAX_BUFFERED) {
      this.congested = true;
      this.connection.onceDrained(() => {
        this.congested = false;
        this.beatsCongested = 0;
        this.hooks.wake(this);
      });
      return;
    }
    const { format } = this.connection;
    const outgoing = this.dropped.size === 0 ? this.waiting : this.caughtUp();
    this.hooks.onSent(outgoing.reduce((sum, { length }) => sum + length, 0));
    const early = format === 'events' ? 'events-without-id' : format;
    const bytes = outgoing.map((one, i) =>
      one.bytes(i < this.resumableFrom ? early : format, this.caller.bidderId, nowMs),
    );
    this.waiting = [];
    this.messages = 0;
    this.resumableFrom = Math.max(0, this.resumableFrom - outgoing.length);
    if (bytes.length > 0) this.connection.write(bytes);
    for (const go of this.waitingForRoom.splice(0)) go();
  }

  /** Resolves when so much more may be sent that none of it will be dropped at once. */
  room(): Promise<void> {
    if (this.closed || this.messages < MAX_WAITING / 2) return Promise.resolve();
    return new Promise((resolve) => this.waitingForRoom.push(resolve));
  }

  end(): void {
    this.closed = true;
    this.waiting = [];
    this.dropped.clear();
    for (const go of this.waitingForRoom.splice(0)) go();
  }

  close(reason: CloseReason): void {
    if (!this.closed) this.connection.close(reason);
  }

  private isStillToCome(auctionId: string, lotId: string): boolean {
    const { joining } = this;
    if (joining === null || joining.auctionId !== auctionId) return false;
    if (joining.joined.has(lotId) || this.lots.has(lotId) || this.all) return false;
    joining.passedOver.add(lotId);
    return true;
  }

  /** All states stand in front of the message that is to be there. */
  private numberFrom(index: number): void {
    if (this.resumableFrom === Number.POSITIVE_INFINITY && !this.isLacking) this.resumableFrom = index;
  }

  /** What waits about lots goes; their newest state will be sent instead. */
  private drop(): void {
    const kept = this.waiting.filter(({ lotId }) => lotId === null);
    for (const { lotId } of this.waiting) if (lotId !== null) this.dropped.add(lotId);
    this.begin();
    const left = kept.reduce((sum, { length }) => sum + length, 0);
    this.hooks.onDropped(this.messages - left);
    this.waiting = kept;
    this.messages = left;
    if (this.dropped.size > MAX_DROPPED_LOTS || left > MAX_KEPT) this.close('too-slow');
  }

  /** The newest state of the lots whose messages were dropped, then what was kept, then how far the client is with that. */
  private caughtUp(): Outgoing[] {
    const snapshots: Outgoing[] = [];
    for (const lotId of this.dropped) {
      const snapshot = this.hooks.snapshot(lotId);
      if (snapshot === null) continue;
      this.dropped.delete(lotId);
      snapshots.push(snapshot);
    }
    if (this.dropped.size === 0) {
      const states = [...snapshots, ...this.waiting];
      if (this.subscribing > 0) return states;
      this.numberFrom(states.length);
      return [...states, this.hooks.subscribed()];
    }
    setTimeout(() => this.hooks.wake(this), AGAIN_MS).unref();
    return [...snapshots, ...this.waiting];
  }
}
