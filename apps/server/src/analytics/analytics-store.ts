import type Database from 'libsql';
import type { EpochMs } from '#contracts/time.js';
import { comparePositions, type Position } from '#event-store/event-store.js';
import { long, short } from '../webhooks/delivery-record.js';
import type { Analysis, Facts } from './analysis.js';
import { openAnalyticsFile } from './analytics-file.js';
import type { CellKey, Contribution } from './contribution.js';
import { MEASURES, type Measures } from './measures.js';

/** Rows of the old generation that are deleted at once. */
const DELETED_AT_ONCE = 500;

const PLACES = MEASURES.map(() => '?').join(', ');
const ADDED = MEASURES.map((measure) => `${measure} = ${measure} + excluded.${measure}`).join(', ');

/** What a batch layer holds: every public event up to the position. */
export interface Batch {
  readonly generation: number;
  /** Null: no event yet. */
  readonly position: Position | null;
  /** When it was brought there. */
  readonly at: EpochMs | null;
}

/** Records of one partition, as they lie behind each other. */
export interface SpeedRecords {
  readonly topic: string;
  readonly partition: number;
  /** The offset behind the last of them. */
  readonly next: string;
  readonly contributions: readonly (Contribution & { readonly position: Position })[];
  readonly facts: Facts;
  /** Of the last event; null: none had one. */
  readonly position: Position | null;
  readonly newestAt: EpochMs | null;
}

/**
 * Both layers in one SQLite file. Each change is one transaction with how far it brings the layer, so that a kill loses and doubles
 * nothing. A power cut may set both back together: what is missing is then read again.
 */
export class AnalyticsStore {
  private readonly db: Database.Database;
  private readonly statements = new Map<string, Database.Statement<unknown[]>>();

  constructor(readonly file: string) {
    this.db = openAnalyticsFile(file);
  }

  /** Where to read on, by partition. */
  offsets(topic: string): ReadonlyMap<number, string> {
    return new Map(this.all('SELECT partition, next FROM partitions WHERE topic = ?', topic) as [number, string][]);
  }

  serving(): Batch {
    const [row] = this.all('SELECT generation, position, at FROM batches WHERE serving = 1');
    const [generation, position, at] = row as [number, string | null, number | null];
    return { generation, position: position && short(position), at };
  }

  /** Events that wait for a batch to cover them. */
  speedEvents(): number {
    return (this.all('SELECT count(*) FROM speed') as [number][])[0]?.[0] ?? 0;
  }

  /** The newest event that the speed layer has seen. */
  seen(): Position | null {
    const [row] = this.all('SELECT max(position) FROM partitions') as [string | null][];
    return row?.[0] ? short(row[0]) : null;
  }

  /** Counts records once: what a batch covers, or what was counted before, is passed over. */
  record({ topic, partition, next, contributions, facts, position, newestAt }: SpeedRecords): void {
    const covered = this.serving().position;
    const sql = `INSERT OR IGNORE INTO speed VALUES (?, ?, ?, ?, ${PLACES})`;
    this.transaction(() => {
      this.keepFacts(facts);
      for (const { position: at, ...cell } of contributions) {
        if (covered !== null && comparePositions(at, covered) <= 0) continue;
        this.prepared(sql).run([long(at), ...valuesOf(cell)]);
      }
      this.prepared(
        `INSERT INTO partitions VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET next = excluded.next,
         position = coalesce(excluded.position, position), newest_at = coalesce(excluded.newest_at, newest_at)`,
      ).run([topic, partition, next, position && long(position), newestAt]);
    });
  }

  /** Adds the events behind a batch up to `position`; where it serves, the speed layer no longer counts them. */
  advance({ generation }: Pick<Batch, 'generation'>, events: Analysis, position: Position, at: EpochMs): void {
    const sql = `INSERT INTO cells VALUES (?, ?, ?, ?, ${PLACES}) ON CONFLICT DO UPDATE SET ${ADDED}`;
    this.transaction(() => {
      this.keepFacts(events);
      for (const cell of events.cells.values()) this.prepared(sql).run([generation, ...valuesOf(cell)]);
      this.prepared('UPDATE batches SET position = ?, at = ? WHERE generation = ?').run([
        long(position),
        at,
        generation,
      ]);
      if (generation === this.serving().generation) this.dropCovered(position);
    });
  }

  /** An empty batch beside the serving one. */
  begin(): Batch {
    const generation = this.serving().generation + 1;
    this.prepared('INSERT INTO batches VALUES (?, NULL, NULL, 0)').run([generation]);
    return { generation, position: null, at: null };
  }

  /** From now on this batch serves. Where the store was set back, what came from Kafka is not what the store has. */
  swap({ generation }: Pick<Batch, 'generation'>, storeWasSetBack: boolean): void {
    this.transaction(() => {
      this.prepared('DELETE FROM batches WHERE serving = 1').run([]);
      this.prepared('UPDATE batches SET serving = 1 WHERE generation = ?').run([generation]);
      const { position } = this.serving();
      if (position !== null) this.dropCovered(position);
      if (!storeWasSetBack) return;
      this.prepared('DELETE FROM speed').run([]);
      this.prepared('UPDATE partitions SET position = NULL, newest_at = NULL').run([]);
    });
  }

  /** Deletes some of what does not serve; false: nothing is left of it. */
  sweep(): boolean {
    const { generation } = this.serving();
    this.prepared('DELETE FROM batches WHERE serving = 0').run([]);
    const { changes } = this.prepared(
      `DELETE FROM cells WHERE (generation, minute, auction, lastUnitOf) IN (
         SELECT generation, minute, auction, lastUnitOf FROM cells WHERE generation < ? OR generation > ?
         LIMIT ${DELETED_AT_ONCE})`,
    ).run([generation, generation]);
    return changes > 0;
  }

  close(): void {
    this.db.close();
  }

  private dropCovered(position: Position): void {
    this.prepared('DELETE FROM speed WHERE position <= ?').run([long(position)]);
  }

  /** They hold of the events of either layer, and never change. */
  private keepFacts({ currencies, soleUnitLots }: Facts): void {
    for (const [auctionId, currency] of currencies) {
      this.prepared('INSERT OR IGNORE INTO currencies VALUES (?, ?)').run([auctionId, currency]);
    }
    for (const lotId of soleUnitLots) this.prepared('INSERT OR IGNORE INTO sole_unit_lots VALUES (?)').run([lotId]);
  }

  private transaction(work: () => void): void {
    this.db.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.db.exec('COMMIT');
    } catch (error) {
      if (this.db.inTransaction) this.db.exec('ROLLBACK');
      throw error;
    }
  }

  private prepared(sql: string): Database.Statement<unknown[]> {
    let statement = this.statements.get(sql);
    if (statement === undefined) {
      statement = this.db.prepare(sql);
      this.statements.set(sql, statement);
    }
    return statement;
  }

  private all(sql: string, ...values: unknown[]): unknown[] {
    return this.prepared(sql).raw().all(values);
  }
}

const valuesOf = ({ minute, auctionId, lastUnitOf, measures }: CellKey & { measures: Measures }): unknown[] => [
  minute,
  auctionId,
  lastUnitOf,
  ...MEASURES.map((measure) => measures[measure]),
];
