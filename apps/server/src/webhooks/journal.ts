import { join } from 'node:path';
import type { EpochMs } from '#contracts/time.js';
import type { Connection, Query } from '#event-store/embedded/connection.js';
import { type Position, StoreUnavailable, StoreUnusable } from '#event-store/event-store.js';
import {
  COLUMNS,
  type DeliveryRecord,
  type DeliveryRow,
  type DeliveryState,
  type LaneRecord,
  long,
  recordOf,
  short,
} from './delivery-record.js';
import { openJournalFile } from './journal-file.js';

/** Deliveries that went well are told so far back, for each subscription. */
const KEPT_DELIVERED = 1_000;
const TRIM_EVERY = 200;

type LaneRow = [string | null, string | null, string | null, number | null, number | null, string | null];

export interface Redelivered {
  /** Of the request. */
  readonly digest: string;
  /** How many became due; null: a range. */
  readonly deliveries: number | null;
}

/**
 * What was delivered, what waits and what is given up, in one SQLite file of the process that delivers. Written without waiting for the disk: a power cut may repeat deliveries, and loses none.
 * What cannot be read throws StoreUnavailable; so does what cannot be written, and nothing of it is.
 */
export class Journal {
  private readonly db: Connection;
  private readonly file: string;
  private readonly delivered = new Map<string, number>();
  private readonly statements = new Map<string, Query>();

  /** Throws StoreUnusable when the file is of another format, damaged, or no database: dead letters lie in it alone. */
  constructor(directory: string) {
    this.file = join(directory, 'webhooks.db');
    try {
      this.db = openJournalFile(this.file);
    } catch (error) {
      throw new StoreUnusable((error as Error).message, { cause: error });
    }
  }

  lanes(webhookId: string): LaneRecord | null {
    const columns = 'live, replay_from, replay_until, failing_since, paused_until, live_event';
    const [row] = this.all(`SELECT ${columns} FROM lanes WHERE webhook = ?`, webhookId) as LaneRow[];
    if (row === undefined) return null;
    const [live, from, until, failingSince, pausedUntil, liveEvent] = row;
    const replay = until === null ? null : { from: from && short(from), until: short(until) };
    return { live: live && short(live), liveEvent, replay, failingSince, pausedUntil };
  }

  /** Commits attempts and how far the lanes have come, together. */
  commit(records: readonly DeliveryRecord[], lanes: ReadonlyMap<string, LaneRecord>): void {
    this.transaction(() => {
      for (const record of records) this.put(record);
      for (const [webhookId, lane] of lanes) this.putLane(webhookId, lane);
      for (const webhookId of lanes.keys()) this.trim(webhookId);
    });
  }

  /** Those that are due, the longest overdue first. */
  due(webhookId: string, now: EpochMs, limit: number): DeliveryRecord[] {
    const where = "webhook = ? AND state = 'pending' AND next_at <= ? ORDER BY next_at LIMIT ?";
    return this.select(where, webhookId, now, limit);
  }

  pending(webhookId: string): number {
    return this.count("webhook = ? AND state = 'pending'", webhookId);
  }

  /** The newest first, before `before`. */
  list(webhookId: string, state: DeliveryState | null, before: Position | null, limit: number): DeliveryRecord[] {
    const where = 'webhook = ? AND (? IS NULL OR state = ?) AND position < ? ORDER BY position DESC LIMIT ?';
    return this.select(where, webhookId, state, state, before === null ? ':' : long(before), limit);
  }

  find(webhookId: string, eventId: string): DeliveryRecord | null {
    return this.select('webhook = ? AND event_id = ?', webhookId, eventId)[0] ?? null;
  }

  /** Dead letters are due again, from their first attempt on; one of them, or all. How many they are. */
  revive(webhookId: string, eventId: string | null, now: EpochMs): number {
    const which = eventId === null ? "state = 'dead'" : 'event_id = ?';
    const sql = `UPDATE deliveries SET state = 'pending', attempts = 0, next_at = ?, published = 0 WHERE webhook = ? AND ${which}`;
    const values = eventId === null ? [now, webhookId] : [now, webhookId, eventId];
    let changes = 0;
    this.transaction(() => {
      ({ changes } = this.prepared(sql).run(values));
    });
    return changes;
  }

  /** What a redelivery under an idempotency key has come to; null: there was none, or it is forgotten. */
  redelivery(commandId: string): Redelivered | null {
    const sql = 'SELECT digest, deliveries FROM redeliveries WHERE command = ?';
    const [row] = this.all(sql, commandId) as [string, number | null][];
    return row === undefined ? null : { digest: row[0], deliveries: row[1] };
  }

  keepRedelivery(webhookId: string, commandId: string, { digest, deliveries }: Redelivered, at: EpochMs): void {
    const sql = 'INSERT OR REPLACE INTO redeliveries VALUES (?, ?, ?, ?, ?)';
    this.transaction(() => this.prepared(sql).run([commandId, webhookId, digest, deliveries, at]));
  }

  forget(webhookId: string): void {
    this.transaction(() => {
      this.prepared('DELETE FROM redeliveries WHERE webhook = ?').run([webhookId]);
      this.prepared('DELETE FROM deliveries WHERE webhook = ?').run([webhookId]);
      this.prepared('DELETE FROM lanes WHERE webhook = ?').run([webhookId]);
    });
    this.delivered.delete(webhookId);
  }

  /** Subscriptions of which something is kept. */
  webhookIds(): string[] {
    return (this.all('SELECT webhook FROM lanes') as [string][]).map(([webhookId]) => webhookId);
  }

  deadLetters(): { readonly count: number; readonly oldestAt: EpochMs | null } {
    const [row] = this.all("SELECT count(*), min(last_at) FROM deliveries WHERE state = 'dead'");
    const [count, oldestAt] = row as [number, number | null];
    return { count, oldestAt };
  }

  /** Dead letters that no topic has yet. */
  unpublished(limit: number): DeliveryRecord[] {
    return this.select("state = 'dead' AND published = 0 ORDER BY last_at LIMIT ?", limit);
  }

  markPublished(records: readonly DeliveryRecord[]): void {
    const mark = this.prepared('UPDATE deliveries SET published = 1 WHERE webhook = ? AND position = ?');
    this.transaction(() => {
      for (const { webhookId, position } of records) mark.run([webhookId, long(position)]);
    });
  }

  /** Dead letters and redeliveries of before `at`. */
  dropBefore(at: EpochMs): void {
    this.transaction(() => {
      this.prepared("DELETE FROM deliveries WHERE state = 'dead' AND last_at < ?").run([at]);
      this.prepared('DELETE FROM redeliveries WHERE at < ?').run([at]);
    });
  }

  /** The log goes into the file here: the statements would keep it open behind `close`, and the log would stay. */
  close(): void {
    try {
      this.db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch {
      // Of a disk that is full the next start reads the log.
    }
    this.db.close();
  }

  private put(record: DeliveryRecord): void {
    const { webhookId, position, eventId, eventType, body, state, attempts, lastAt, status, error, nextAt } = record;
    this.prepared(`INSERT OR REPLACE INTO deliveries (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`).run([
      webhookId,
      long(position),
      eventId,
      eventType,
      body,
      state,
      attempts,
      lastAt,
      status,
      error,
      nextAt,
    ]);
    if (state === 'delivered') this.delivered.set(webhookId, (this.delivered.get(webhookId) ?? TRIM_EVERY) + 1);
  }

  private putLane(webhookId: string, { live, liveEvent, replay, failingSince, pausedUntil }: LaneRecord): void {
    const from = replay?.from == null ? null : long(replay.from);
    this.prepared('INSERT OR REPLACE INTO lanes VALUES (?, ?, ?, ?, ?, ?, ?)').run([
      webhookId,
      live === null ? null : long(live),
      from,
      replay === null ? null : long(replay.until),
      failingSince,
      pausedUntil,
      liveEvent,
    ]);
  }

  private trim(webhookId: string): void {
    if ((this.delivered.get(webhookId) ?? 0) < TRIM_EVERY) return;
    this.delivered.set(webhookId, 0);
    const own = "webhook = ? AND state = 'delivered'";
    const last = `SELECT position FROM deliveries WHERE ${own} ORDER BY position DESC LIMIT 1 OFFSET ${KEPT_DELIVERED}`;
    this.prepared(`DELETE FROM deliveries WHERE ${own} AND position <= (${last})`).run([webhookId, webhookId]);
  }

  private transaction(work: () => void): void {
    try {
      this.db.exec('BEGIN IMMEDIATE');
      work();
      this.db.exec('COMMIT');
    } catch (error) {
      if (this.db.inTransaction) this.db.exec('ROLLBACK');
      throw this.fails('written', error);
    }
  }

  /** Each statement is compiled once: there are as many as methods here. */
  private prepared(sql: string): Query {
    let statement = this.statements.get(sql);
    if (statement === undefined) {
      statement = this.db.prepare(sql);
      this.statements.set(sql, statement);
    }
    return statement;
  }

  private all(sql: string, ...values: unknown[]): unknown[] {
    try {
      return this.prepared(sql).raw().all(values);
    } catch (error) {
      throw this.fails('read', error);
    }
  }

  private fails(done: 'read' | 'written', error: unknown): StoreUnavailable {
    return new StoreUnavailable(`${this.file} cannot be ${done}: ${(error as Error).message}`, false, { cause: error });
  }

  private count(where: string, ...values: unknown[]): number {
    return (this.all(`SELECT count(*) FROM deliveries WHERE ${where}`, ...values) as [number][])[0]?.[0] ?? 0;
  }

  private select(where: string, ...values: unknown[]): DeliveryRecord[] {
    return (this.all(`SELECT ${COLUMNS} FROM deliveries WHERE ${where}`, ...values) as DeliveryRow[]).map(recordOf);
  }
}
