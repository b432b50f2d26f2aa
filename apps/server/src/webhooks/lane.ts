import type { Position } from '#event-store/event-store.js';
import { compare, type PublicEntry, type PublicLog, type PublicPage } from '../feed/public-log.js';

const PAGE = 100;
/** Events that one slow delivery may hold up: a crash repeats at most so many. */
const MAX_OUTSTANDING = 256;
const RETRY_MS = 1_000;

interface Outstanding {
  readonly entry: PublicEntry;
  settled: boolean;
}

/** The last event behind which a lane goes on. */
export interface Stand {
  readonly position: Position | null;
  /** By which it is known again; null: it is not known. */
  readonly eventId: string | null;
}

export interface LaneOptions {
  readonly log: PublicLog;
  /** Where it begins: what has an id is looked for in the store before anything is handed out. */
  readonly after: Stand;
  /** The last position of a replay; null: it goes on with what comes. */
  readonly until: Position | null;
  wants(entry: PublicEntry): boolean;
  /** Something has come, or could not be read. */
  wake(): void;
  /** The store has not the event where this lane stands, or ends before it: it was set back to an older state. */
  onSetBack(): void;
}

/** Hands out the events that a subscription wants, in commit order, and knows up to where all of them are settled. */
export class Lane {
  private readonly queue: PublicEntry[] = [];
  private readonly outstanding: Outstanding[] = [];
  private read: Position | null;
  /** The last public event up to `read`. */
  private seen: Stand;
  private lastSettled: Stand;
  /** The event where it begins is in the store, or cannot be told. */
  private isFound: boolean;
  private reading = false;
  /** When a page was of no use: the store was away, or had nothing behind it. */
  private inVainAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: LaneOptions) {
    const { after } = options;
    this.read = after.position;
    this.seen = after;
    this.lastSettled = after;
    this.isFound = after.position === null || after.eventId === null;
  }

  /** Every event up to here that is wanted is delivered or stands in the journal. */
  get stand(): Stand {
    return this.isEmpty ? this.seen : this.lastSettled;
  }

  /** A replay that has come to its end. */
  get finished(): boolean {
    const { until } = this.options;
    return until !== null && compare(this.read, until) >= 0 && this.isEmpty;
  }

  private get isEmpty(): boolean {
    return this.queue.length + this.outstanding.length === 0;
  }

  /** The next event; undefined: none is here now. What is taken must be settled. */
  take(): PublicEntry | undefined {
    if (this.outstanding.length >= MAX_OUTSTANDING) return undefined;
    if (this.queue.length === 0) this.fill();
    const entry = this.queue.shift();
    if (entry !== undefined) this.outstanding.push({ entry, settled: false });
    return entry;
  }

  settle(entry: PublicEntry): void {
    const found = this.outstanding.find((each) => each.entry === entry);
    if (found !== undefined) found.settled = true;
    for (let [first] = this.outstanding; first?.settled === true; [first] = this.outstanding) {
      this.lastSettled = standOn(first.entry);
      this.outstanding.shift();
    }
  }

  private fill(): void {
    // A page on its way begins where `read` is: what came from memory meanwhile would come twice.
    if (this.reading) return;
    for (let page = this.recent(); page !== undefined; page = this.recent()) {
      this.add(page);
      if (this.queue.length > 0 || page.end) return;
    }
    if (this.options.log.stopped || this.isDone() || performance.now() < this.inVainAt + RETRY_MS) return;
    this.reading = true;
    (this.isFound ? this.addPage() : this.find())
      // The store is away: whoever takes next asks again.
      .catch(() => this.wasInVain())
      .finally(() => {
        this.reading = false;
        this.options.wake();
      });
  }

  private recent(): PublicPage | undefined {
    return this.isDone() || !this.isFound ? undefined : this.options.log.recentAfter(this.read, PAGE);
  }

  private isDone(): boolean {
    const { until } = this.options;
    return until !== null && compare(this.read, until) >= 0;
  }

  /** A store that was set back may have grown past the position since: only the event itself tells. */
  private async find(): Promise<void> {
    const { log, after, onSetBack } = this.options;
    const { position, eventId } = after;
    this.isFound = position === null || (await log.has(position, (found) => found === eventId));
    if (!this.isFound) onSetBack();
  }

  private async addPage(): Promise<void> {
    const { log, until, onSetBack } = this.options;
    const page = await log.page(this.read, PAGE);
    const before = this.read;
    this.add(page);
    if (page.entries.length > 0 || compare(this.read, before) > 0) return;
    this.wasInVain();
    if (until === null && before !== null && (await log.isAhead(before))) onSetBack();
  }

  private wasInVain(): void {
    this.inVainAt = performance.now();
  }

  private add({ entries, until }: PublicPage): void {
    if (this.isEmpty) this.lastSettled = this.seen;
    const { until: end } = this.options;
    for (const entry of entries) {
      if (end !== null && compare(entry.position, end) > 0) break;
      this.seen = standOn(entry);
      if (this.options.wants(entry)) this.queue.push(entry);
    }
    this.read = until;
  }
}

const standOn = ({ position, eventId }: PublicEntry): Stand => ({ position, eventId });
