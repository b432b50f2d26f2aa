import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Logger } from 'pino';
import { auctionEvents } from '#contracts/events/auction-events.js';
import { lotEvents } from '#contracts/events/lot-events.js';
import type { AliasOf } from '#contracts/public-events/public-event-of.js';
import type { SnapshotReason } from '#contracts/push/server-messages.js';
import { comparePositions, type EventStore, type Position, type RecordedEvent } from '#event-store/event-store.js';
import type { Clock } from '#platform/clock.js';
import type { StoredEvent } from '#read-models/projection.js';
import { auctions } from '#read-models/projections/auctions.js';
import { lots } from '#read-models/projections/lots.js';
import type { ReadModels } from '#read-models/read-models.js';
import type { AuctionRow, LotRow } from '#read-models/rows.js';
import { auctionMessage, auctionSnapshot } from './auction-messages.js';
import { ControlMessage } from './control-message.js';
import { type Change, LiveRows } from './live-rows.js';
import { lotClosing, lotMessage, lotSnapshot } from './lot-messages.js';
import { BATCH_MESSAGES, inBatches, MessageBatch } from './message-batch.js';
import type { PushMessage } from './push-message.js';
import { RecentMessages } from './recent-messages.js';
import { Topics } from './topics.js';

/** Everything that changes a lot or an auction, whether it is shown or not. */
export const FOLLOWED: readonly string[] = [...auctionEvents, ...lotEvents].map(({ type }) => type);
/** How long the event loop may be held at a time, milliseconds. */
const SLICE_MS = 1;

export interface HubOptions {
  readonly store: EventStore;
  readonly readModels: Pick<ReadModels, 'lots' | 'auctions'>;
  readonly aliasOf: AliasOf;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Pick<Logger, 'error'>;
}

/**
 * Turns the store's feed into messages, once for all subscribers of this process. Every process follows the same store, so it does not
 * matter on which of them something was written.
 */
export class Hub {
  readonly topics = new Topics();
  readonly lots: LiveRows<LotRow>;
  readonly auctions: LiveRows<AuctionRow>;
  private remembered: RecentMessages;
  private readonly stopping = new AbortController();
  private readonly waiting = new Set<() => void>();
  private readonly snapshots = new Map<string, MessageBatch>();
  private subscribedHere: ControlMessage | null = null;
  private handled: Position;
  private resting = true;
  private stopped: string | null = null;
  private running: Promise<void> = Promise.resolve();
  /** When the newest event that was handed on was stored, milliseconds before that: how late the push is. */
  lagMs = 0;

  constructor(private readonly options: HubOptions) {
    const { readModels } = options;
    this.lots = new LiveRows(readModels.lots, lots);
    this.auctions = new LiveRows(readModels.auctions, auctions);
    this.handled = earlier(readModels.lots.checkpoint ?? '0', readModels.auctions.checkpoint ?? '0');
    this.remembered = new RecentMessages(this.handled);
  }

  /** The messages of late, for whoever comes back. */
  get recent(): RecentMessages {
    return this.remembered;
  }

  /** The last event that was handed on. */
  get position(): Position {
    return this.handled;
  }

  /** Why it does not go on; null while it does. */
  get failure(): string | null {
    return this.stopped;
  }

  start(): void {
    this.running = this.run().catch((err: unknown) => {
      this.stopped = `the push stopped: ${err instanceof Error ? err.message : String(err)}`;
      this.options.log.error({ err }, 'the push stopped');
    });
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    for (const tell of this.waiting) tell();
    await this.running;
  }

  /** Nobody is here to be told anything: no messages are made until `wake`, and none are remembered. */
  rest(): void {
    if (this.isResting) return;
    this.resting = true;
    this.forget();
  }

  /** Messages are made again. What was left out is read from the store for whoever comes back. */
  wake(): void {
    if (!this.isResting) return;
    this.resting = false;
    this.forget();
  }

  get isResting(): boolean {
    return this.resting;
  }

  private forget(): void {
    this.remembered = new RecentMessages(this.handled);
    this.lots.letGo(this.handled);
    this.auctions.letGo(this.handled);
  }

  /** True as soon as the event at `position` has been handed on, false after `timeoutMs` or at the end. */
  async reached(position: Position, timeoutMs: number): Promise<boolean> {
    const isThere = () => comparePositions(this.handled, position) >= 0;
    const deadline = performance.now() + timeoutMs;
    while (!isThere() && !this.stopping.signal.aborted && performance.now() < deadline) {
      await new Promise<void>((resolve) => {
        const settle = () => {
          clearTimeout(timer);
          this.waiting.delete(settle);
          resolve();
        };
        const timer = setTimeout(settle, deadline - performance.now());
        this.waiting.add(settle);
      });
    }
    return isThere();
  }

  /**
   * The lot as it stands behind all that was handed on; null when there is none. Shared by all who ask before the next event.
   * Throws RowsBehind, and Ahead when only a later state is known.
   */
  snapshot(lotId: string, reason: SnapshotReason): MessageBatch | null {
    const row = this.lots.get(lotId);
    if (row === null) return null;
    return this.made(`${reason} ${lotId}`, row, () =>
      lotSnapshot({ row, position: this.handled, reason }, this.options.aliasOf),
    );
  }

  /** The auction, without its lots: as `snapshot`. */
  auctionSnapshot(auctionId: string, reason: SnapshotReason): MessageBatch | null {
    const row = this.auctions.get(auctionId);
    if (row === null) return null;
    return this.made(`${reason} ${auctionId}`, row, () =>
      auctionSnapshot(row, this.handled, reason, this.options.aliasOf),
    );
  }

  /** Tells a client that it has all that was handed on. Shared as `snapshot` is. */
  subscribed(): ControlMessage {
    this.subscribedHere ??= new ControlMessage({ type: 'Subscribed', position: this.handled });
    return this.subscribedHere;
  }

  /** Tells the watchers of a lot that it closes at that time. */
  announceClosing(row: LotRow, closesAt: number): void {
    this.topics.deliver(new MessageBatch([lotClosing(row.lot, closesAt, this.handled, this.options.aliasOf)]));
  }

  private made(key: string, row: { position: Position }, make: () => PushMessage): MessageBatch {
    const known = this.snapshots.get(key);
    if (known !== undefined) return known;
    if (comparePositions(row.position, this.handled) > 0) throw new Ahead(row.position);
    const batch = new MessageBatch([make()]);
    this.snapshots.set(key, batch);
    return batch;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    let until = performance.now() + SLICE_MS;
    for await (const events of this.options.store.follow({ after: this.handled, signal, types: FOLLOWED })) {
      for (let first = 0; first < events.length; ) {
        first = this.isResting ? this.passOver(events) : this.handOn(events, first);
        if (performance.now() >= until) {
          await nextTurn();
          until = performance.now() + SLICE_MS;
        }
        if (signal.aborted) return;
      }
      const newest = events.at(-1);
      if (newest !== undefined) this.lagMs = Math.max(0, this.options.clock.now() - newest.recordedAt);
    }
  }

  /** Hands on events of one lot that follow each other, or one event of an auction. Answers where the next one is. */
  private handOn(events: readonly RecordedEvent[], first: number): number {
    const { stream } = events[first] as RecordedEvent;
    const messages: PushMessage[] = [];
    let next = first;
    for (; next < events.length && next - first < BATCH_MESSAGES; next += 1) {
      const event = events[next] as StoredEvent;
      if (event.stream !== stream) break;
      const lot = this.lots.apply(event);
      const message = this.messageOf(event, lot);
      if (message === null) continue;
      if (message.lotId === null || lot.after?.position === event.position) this.recent.add(message);
      // Made of a newer row, or of none: whoever comes back is told of it as the store has it.
      else this.remembered = new RecentMessages(event.position);
      messages.push(message);
    }
    this.moveOn(events[next - 1] as RecordedEvent);
    for (const batch of inBatches(messages)) this.topics.deliver(batch);
    return next;
  }

  private passOver(events: readonly RecordedEvent[]): number {
    this.moveOn(events.at(-1) as RecordedEvent);
    return events.length;
  }

  private moveOn({ position }: RecordedEvent): void {
    this.handled = position;
    this.snapshots.clear();
    this.subscribedHere = null;
    for (const tell of this.waiting) tell();
  }

  /** Also for an event that is read once more for a client that was away. What is told of an auction never changes. */
  messageOf(event: StoredEvent, lot: Change<LotRow>): PushMessage | null {
    const { aliasOf } = this.options;
    const auction = this.auctions.apply(event);
    const lotId = lotIdOf(event);
    return lotId === null ? auctionMessage(event, auction, aliasOf) : lotMessage(event, lotId, lot, aliasOf);
  }
}

/** The lot in whose stream an event stands; null: it stands elsewhere. */
export const lotIdOf = ({ stream, data }: StoredEvent): string | null =>
  stream.startsWith('lot-') && 'lotId' in data ? data.lotId : null;

/** Only a state is known that is newer than what was handed on: it comes with `position`. */
export class Ahead extends Error {
  override readonly name = 'Ahead';

  constructor(readonly position: Position) {
    super(`the state of ${position} is known, but not handed on yet`);
  }
}

const earlier = (a: Position, b: Position): Position => (comparePositions(a, b) <= 0 ? a : b);
