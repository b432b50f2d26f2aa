import type { DeliveryRecord, LaneRecord } from './delivery-record.js';
import type { Journal } from './journal.js';

/** They are committed together so often, milliseconds. */
const COMMIT_MS = 20;
const COMMIT_AT = 200;
/** Outcomes that may wait for a disk that does not take them; then nothing new is begun. */
const MAX_UNCOMMITTED = 1_000;
const RETRY_MS = 1_000;

export interface OutcomesOptions {
  readonly journal: Pick<Journal, 'commit'>;
  readonly log: { error(fields: object, message: string): void };
  /** Where the lanes of a subscription stand now; undefined: it is deleted. */
  laneOf(webhookId: string): LaneRecord | undefined;
  /** The journal has them. */
  onCommitted(records: readonly DeliveryRecord[]): void;
  /** Behind each commit that was not asked for: what waited for it goes on. */
  wake(): void;
}

/** What became of attempts, on its way to the journal: committed in groups, together with where the lanes stand. */
export class Outcomes {
  private records: DeliveryRecord[] = [];
  /** Subscriptions whose lanes have moved since they were committed. */
  private readonly moved = new Set<string>();
  private timer: NodeJS.Timeout | null = null;
  private closed = false;
  /** Why the journal does not take them; null: it does. */
  failure: string | null = null;

  constructor(private readonly options: OutcomesOptions) {}

  get isEmpty(): boolean {
    return this.records.length === 0;
  }

  /** More waits than may: nothing new is to be begun. */
  get isBehind(): boolean {
    return this.records.length >= MAX_UNCOMMITTED;
  }

  add(record: DeliveryRecord): void {
    // What ends behind the end was ended by closing: it is not written, and its lane stays in front of it.
    if (this.closed) return;
    this.records.push(record);
    this.moved.add(record.webhookId);
    if (this.records.length === COMMIT_AT) this.commit();
    else this.commitLater(COMMIT_MS);
  }

  /** The lanes of a subscription have moved without an attempt. Commits all. */
  commitLane(webhookId: string): void {
    this.moved.add(webhookId);
    this.commit();
  }

  /** Commits all; a disk that does not take it is asked again. */
  commit(): void {
    if (this.closed) return;
    if (this.moved.size === 0) {
      // What could not be written is not wanted any more.
      this.failure = null;
      return;
    }
    const { journal, log, laneOf, onCommitted } = this.options;
    const { records } = this;
    const lanes = new Map<string, LaneRecord>();
    for (const webhookId of this.moved) {
      const lane = laneOf(webhookId);
      if (lane !== undefined) lanes.set(webhookId, lane);
    }
    try {
      journal.commit(records, lanes);
    } catch (err) {
      this.failure = (err as Error).message;
      log.error({ err }, 'the journal of the webhooks cannot be written: trying again');
      this.commitLater(RETRY_MS);
      return;
    }
    this.failure = null;
    this.records = [];
    this.moved.clear();
    onCommitted(records);
  }

  /** Drops what a subscription that is deleted has left. */
  forget(webhookId: string): void {
    this.records = this.records.filter((record) => record.webhookId !== webhookId);
    this.moved.delete(webhookId);
  }

  /** Commits for the last time: what comes later is dropped. */
  close(): void {
    this.commit();
    this.closed = true;
    if (this.timer !== null) clearTimeout(this.timer);
  }

  private commitLater(milliseconds: number): void {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      this.commit();
      this.options.wake();
    }, milliseconds);
  }
}
