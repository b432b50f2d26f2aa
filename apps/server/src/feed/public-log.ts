import { setTimeout as sleep } from 'node:timers/promises';
import { type AliasOf, publicEventOf, publishedTypes } from '#contracts/public-events/public-event-of.js';
import type { EpochMs } from '#contracts/time.js';
import { comparePositions, type EventReader, type EventStore, type Position } from '#event-store/event-store.js';

type Stored = Awaited<ReturnType<EventReader['readAll']>>[number];

/** Events kept in memory for whoever keeps up. */
const RECENT = 5_000;
const RETRY_MS = 1_000;

/** A public event; mapped and written as JSON once, when somebody first asks. */
export class PublicEntry {
  private text: string | undefined;

  constructor(
    private readonly stored: Stored,
    private readonly aliasOf: AliasOf,
  ) {}

  get position(): Position {
    return this.stored.position;
  }
  get eventId(): string {
    return this.stored.id;
  }
  get eventType(): string {
    return this.stored.type;
  }
  get auctionId(): string {
    return (this.stored.data as { auctionId: string }).auctionId;
  }
  get recordedAt(): EpochMs {
    return this.stored.recordedAt;
  }
  /** The envelope, byte for byte the same each time. */
  get json(): string {
    this.text ??= JSON.stringify(publicEventOf(this.stored, this.aliasOf));
    return this.text;
  }
}

export interface PublicPage {
  readonly entries: readonly PublicEntry[];
  /** Every public event up to here is in this page or an earlier one; null: the store is empty. */
  readonly until: Position | null;
  /** Nothing more was stored when the page was read. */
  readonly end: boolean;
}

export interface PublicLogOptions {
  readonly store: EventStore;
  readonly aliasOf: AliasOf;
  readonly log: { error(fields: object, message: string): void };
  readonly onEntries?: (entries: readonly PublicEntry[]) => void;
}

/** The public events in commit order: the newest from memory, older ones from the store. For the feed and the webhooks. */
export class PublicLog {
  private readonly stopping = new AbortController();
  private readonly waiting = new Set<() => void>();
  private running: Promise<void> = Promise.resolve();
  private recent: PublicEntry[] = [];
  /** Every public event behind `behind` and up to `known` is in `recent`. */
  private behind: Position | null = null;
  private known: Position | null = null;
  private following = false;

  constructor(private readonly options: PublicLogOptions) {}

  /** Begins to follow behind `from`; null: with the first event. */
  start(from: Position | null): void {
    this.behind = from;
    this.known = from;
    this.following = true;
    this.running = this.follow();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.wake();
    await this.running;
  }

  /** What is in memory behind `after`; undefined when only the store knows. */
  recentAfter(after: Position | null, limit: number): PublicPage | undefined {
    if (!this.following || compare(after, this.behind) < 0 || compare(after, this.known) > 0) return undefined;
    const first = this.firstBehind(after);
    const entries = this.recent.slice(first, first + limit);
    const end = first + entries.length === this.recent.length;
    return { entries, until: end ? this.known : (entries.at(-1)?.position ?? after), end };
  }

  /** At most `limit` events behind `after`. Rejects with StoreUnavailable. */
  async page(after: Position | null, limit: number): Promise<PublicPage> {
    const recent = this.recentAfter(after, limit);
    if (recent !== undefined) return recent;
    const { store, aliasOf } = this.options;
    // Asked before the events: what it covers was stored before they were read.
    const head = await store.head();
    const stored = await store.readAll(after, limit, publishedTypes);
    const entries = stored.map((event) => new PublicEntry(event, aliasOf));
    const last = entries.at(-1)?.position ?? null;
    if (entries.length === limit) return { entries, until: last, end: false };
    return { entries, until: latest(latest(after, head), last), end: true };
  }

  /** True when the store has no event at or behind `position`: it was set back to an older state. */
  async isAhead(position: Position): Promise<boolean> {
    if (this.known !== null && comparePositions(position, this.known) <= 0) return false;
    return compare(position, await this.options.store.head()) > 0;
  }

  /**
   * Whether the event stands at `position`, as `isIt` tells by its id: false when the store was set back to an older state, also when it has
   * grown past the position since. Asks the store only for what memory does not have.
   */
  async has(position: Position, isIt: (eventId: string) => boolean): Promise<boolean> {
    const last = this.recent[this.firstBehind(position) - 1];
    const eventId = last?.position === position ? last.eventId : await this.options.store.idAt(position);
    return eventId !== null && isIt(eventId);
  }

  /** Calls `listener` whenever there are new events, and at the end. Returns what unsubscribes it. */
  onNew(listener: () => void): () => void {
    this.waiting.add(listener);
    return () => this.waiting.delete(listener);
  }

  get stopped(): boolean {
    return this.stopping.signal.aborted;
  }

  private async follow(): Promise<void> {
    const { signal } = this.stopping;
    const { store, log } = this.options;
    while (!signal.aborted) {
      try {
        for await (const batch of store.follow({ after: this.known, signal })) this.add(batch);
      } catch (err) {
        log.error({ err }, 'the public events cannot be followed: trying again');
      }
      await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  private add(batch: readonly Stored[]): void {
    const entries = batch.filter(isPublic).map((event) => new PublicEntry(event, this.options.aliasOf));
    for (const entry of entries) this.recent.push(entry);
    this.known = batch.at(-1)?.position ?? this.known;
    if (this.recent.length > RECENT * 2) {
      const dropped = this.recent.splice(0, this.recent.length - RECENT);
      this.behind = dropped.at(-1)?.position ?? this.behind;
    }
    if (entries.length === 0) return;
    this.options.onEntries?.(entries);
    this.wake();
  }

  private wake(): void {
    for (const listener of [...this.waiting]) listener();
  }

  /** Index of the first entry behind `after`. */
  private firstBehind(after: Position | null): number {
    let low = 0;
    let high = this.recent.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compare(this.recent[middle]?.position ?? null, after) > 0) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

const types: ReadonlySet<string> = new Set(publishedTypes);
const isPublic = ({ type }: Stored): boolean => types.has(type);

/** Null stands before every event. */
export const compare = (a: Position | null, b: Position | null): number =>
  a === null || b === null ? Number(a !== null) - Number(b !== null) : comparePositions(a, b);

const latest = (a: Position | null, b: Position | null): Position | null => (compare(a, b) >= 0 ? a : b);
