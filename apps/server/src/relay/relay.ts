import { setTimeout as sleep } from 'node:timers/promises';
import { type AliasOf, publicEventOf, publishedTypes } from '#contracts/public-events/public-event-of.js';
import { comparePositions, type EventStore, type Position, type RecordedEvent } from '#event-store/event-store.js';
import { SchemaRefused } from '#messaging/avro/schema-registry.js';
import {
  type CheckpointedTopic,
  Fenced,
  type TopicRecord,
  TopicUnusable,
  type TopicWriter,
} from '#messaging/checkpointed-topic.js';
import { type EventFormat, jsonFormat } from '#messaging/event-format.js';
import { eventRecord } from '#messaging/event-record.js';
import { Backlog } from './backlog.js';
import { type Checkpoint, checkpointIn, checkpointText } from './checkpoint.js';

/** Kafka refuses more than a megabyte at once for one partition, and all the records of a transaction may go to one. */
export const MAX_BATCH_BYTES = 900_000;
export const MAX_BATCH_EVENTS = 2_000;
/** Of the headers, the key and what Kafka adds to a record. */
export const HEADER_BYTES = 340;
const RETRY_MS = { first: 100, cap: 10_000 };
const LOOK_MS = 1_000;
const STOP_MS = 5_000;

export interface RelayLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface RelayOptions {
  readonly store: Pick<EventStore, 'follow' | 'head' | 'idAt' | 'readAll'>;
  readonly topic: CheckpointedTopic;
  readonly aliasOf: AliasOf;
  /** JSON, unless it says otherwise. */
  readonly format?: EventFormat;
  readonly log: RelayLog;
  /** How long the relay that works must stand still before one that stands by takes over, milliseconds. */
  readonly takeOverMs: number;
  /** Told after each commit. */
  readonly onCommit?: (events: number, milliseconds: number) => void;
}

export type RelayState = 'starting' | 'relaying' | 'standby' | 'failing' | 'stopped';

/**
 * Writes every public event to the topic, in commit order, once: events and how far the relay came are committed together, and only
 * one relay can commit. Killed, doubled or cut off at any step, whoever goes on finds exactly what was committed.
 */
export class Relay {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private attempt = 0;
  private readonly format: EventFormat;
  state: RelayState = 'starting';
  /** Position of the last event that is committed to the topic, as far as this relay knows. */
  relayed: Position | null = null;
  /** Why it does not relay; null while it does or stands by. */
  failure: string | null = null;

  constructor(private readonly options: RelayOptions) {
    this.format = options.format ?? jsonFormat;
  }

  start(): void {
    this.running = this.run();
  }

  /** Ends behind the transaction that is under way, if Kafka answers. */
  async stop(): Promise<void> {
    this.stopping.abort();
    const patience = new AbortController();
    await Promise.race([this.running, sleep(STOP_MS, undefined, { signal: patience.signal }).catch(() => undefined)]);
    patience.abort();
    await this.options.topic.close();
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    for (let standsBy = false; !signal.aborted; ) {
      try {
        await (standsBy ? this.standBy() : this.takeOver());
        standsBy = false;
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof TopicUnusable || error instanceof SchemaRefused) return this.giveUp(error);
        if (error instanceof Fenced) standsBy = true;
        else await this.waitAfter(error as Error);
      }
    }
  }

  /** Becomes the relay that works, until something fails. */
  private async takeOver(): Promise<void> {
    const { topic, log } = this.options;
    // First: who cannot write takes the work from nobody.
    await this.format.prepare();
    const writer = await topic.takeOver();
    try {
      const checkpoint = writer.checkpoint === null ? null : checkpointIn(writer.checkpoint);
      if (checkpoint !== null) await this.refuseForeign(checkpoint);
      this.enter('relaying', null);
      this.relayed = checkpoint?.position ?? null;
      log.info({ after: this.relayed }, 'relaying to Kafka');
      await this.relay(writer, this.relayed);
    } finally {
      await writer.close();
    }
  }

  private async relay(writer: TopicWriter, after: Position | null): Promise<void> {
    const { store } = this.options;
    const backlog = new Backlog(
      (signal) => store.follow({ after, signal, types: publishedTypes }),
      this.stopping.signal,
    );
    try {
      while (await backlog.ready()) {
        await this.commitNext(writer, backlog);
        if (this.stopping.signal.aborted) return;
      }
    } finally {
      await backlog.close();
    }
  }

  /** Whatever waits, up to a batch, in one transaction: alone when little happens, thousands behind an outage. */
  private async commitNext(writer: TopicWriter, backlog: Backlog): Promise<void> {
    const records: TopicRecord[] = [];
    let bytes = 0;
    let last: RecordedEvent | null = null;
    for (let event = backlog.peek(); event !== undefined; event = backlog.peek()) {
      const shown = publicEventOf(event, this.options.aliasOf);
      if (shown === null) throw new Error(`${event.type} is not for partners, and was asked for`);
      const record = eventRecord(shown, this.format, event.position);
      bytes += Buffer.byteLength(record.value) + HEADER_BYTES;
      if (records.length > 0 && (bytes > MAX_BATCH_BYTES || records.length === MAX_BATCH_EVENTS)) break;
      records.push(record);
      last = event;
      backlog.take();
    }
    if (last === null) return;
    const begin = performance.now();
    await writer.write(records, checkpointText(last.position, last.id));
    this.relayed = last.position;
    this.attempt = 0;
    this.options.onCommit?.(records.length, performance.now() - begin);
  }

  /**
   * A checkpoint beyond the end of the store, or of an event that is not where it was, is of another store, or the store was restored
   * from an older backup, behind which it may have grown by now.
   */
  private async refuseForeign({ position, eventId }: Checkpoint): Promise<void> {
    const { store } = this.options;
    const head = await store.head();
    if (comparePositions(position, head ?? '0') > 0) {
      throw foreign(position, `ends at ${head ?? 'its beginning'}`);
    }
    if (eventId === null || (await store.idAt(position)) === eventId) return;
    throw foreign(position, `has not the event ${eventId} there`);
  }

  /**
   * Another relay works, or this one was silent for too long. To take the work back at once would go on for ever between two: so it
   * watches, and takes over when there are events to relay and none has been relayed for a while.
   */
  private async standBy(): Promise<void> {
    const { topic, store, log, takeOverMs } = this.options;
    const { signal } = this.stopping;
    this.enter('standby', null);
    log.info({}, 'another relay works, or this one was silent for too long; standing by');
    // Those who stand by do not all wake at once.
    const patience = takeOverMs * (1 + Math.random() / 2);
    for (let since = performance.now(); !signal.aborted; ) {
      await sleep(Math.min(LOOK_MS, takeOverMs / 4), undefined, { signal }).catch(() => undefined);
      const text = await topic.committed();
      const committed = text === null ? null : checkpointIn(text).position;
      const waiting = await store.readAll(committed, 1, publishedTypes);
      if (committed !== this.relayed || waiting.length === 0) since = performance.now();
      this.relayed = committed;
      if (performance.now() - since >= patience) return;
    }
  }

  private async waitAfter(error: Error): Promise<void> {
    this.enter('failing', `events do not reach Kafka: ${error.message}`);
    const delayMs = Math.min(RETRY_MS.cap, RETRY_MS.first * 2 ** this.attempt) * (0.5 + Math.random() / 2);
    this.attempt += 1;
    this.options.log.warn({ err: error, delayMs }, 'events do not reach Kafka, trying again');
    await sleep(delayMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }

  private giveUp(error: TopicUnusable | SchemaRefused): void {
    this.enter('stopped', `the relay stopped: ${error.message}`);
    this.options.log.error({ err: error }, 'the relay stopped');
  }

  private enter(state: RelayState, failure: string | null): void {
    this.state = state;
    this.failure = failure;
  }
}

const foreign = (position: Position, difference: string): TopicUnusable =>
  new TopicUnusable(
    `Kafka has events up to position ${position}, but the event store ${difference}: it is another store, ` +
      'or one restored from an older backup; restore the newest, or begin with other topics',
  );
