import Database from 'libsql';
import type { AnalyticsAnswer, AnalyticsWindow } from '#contracts/http/analytics.js';
import { type EpochMs, toIso, toIsoOrNull } from '#contracts/time.js';
import { comparePositions } from '#event-store/event-store.js';
import { TimeSlice } from '#read-models/time-slice.js';
import { short } from '../webhooks/delivery-record.js';
import { MEASURES, type Measures, noMeasures, plus } from './measures.js';
import { WINDOW_MS, type WindowRange } from './windows.js';

const COLUMNS = ['minute', 'auction', 'lastUnitOf', ...MEASURES].join(', ');
const WITHIN = 'minute >= ?1 AND minute < ?2 AND (?3 IS NULL OR auction = ?3)';

/** Both layers added up, by currency. What was bought as a lot's sole unit, the sale of the lot tells again. */
const SUMS = `
  SELECT coalesce(currency, ''), ${MEASURES.slice(0, -1)
    .map((measure) => `sum(${measure})`)
    .join(', ')}, sum(iif(lastUnitOf IN (SELECT lot FROM sole_unit_lots), 0, revenue))
  FROM (
    SELECT ${COLUMNS} FROM cells WHERE generation = ?4 AND ${WITHIN}
    UNION ALL SELECT ${COLUMNS} FROM speed WHERE ${WITHIN}
  ) AS layers LEFT JOIN currencies USING (auction) GROUP BY 1`;

type ByCurrency = ReadonlyMap<string, Measures>;

/** Reads batch and speed layer as one view: each answer is of one moment, however long it takes. */
export class MergedView {
  private readonly db: Database.Database;
  private readonly sums: Database.Statement<unknown[]>;
  private last: Promise<unknown> = Promise.resolve();

  constructor(file: string) {
    this.db = new Database(file);
    this.db.exec('PRAGMA busy_timeout = 1000; PRAGMA query_only = ON');
    this.sums = this.db.prepare(SUMS).raw();
  }

  /** One after the other: they share a connection, and each has a transaction to itself. */
  read(range: WindowRange, auctionId: string | null): Promise<Omit<AnalyticsAnswer, 'live'>> {
    const answer = this.last.then(() => this.snapshot(range, auctionId));
    this.last = answer.catch(() => undefined);
    return answer;
  }

  async close(): Promise<void> {
    await this.last;
    this.db.close();
  }

  private async snapshot(range: WindowRange, auctionId: string | null): Promise<Omit<AnalyticsAnswer, 'live'>> {
    this.db.exec('BEGIN');
    try {
      const { generation, ...asOf } = this.asOf();
      const windows: AnalyticsWindow[] = [];
      let total: ByCurrency = new Map();
      const slice = new TimeSlice();
      for (let start = range.from; start < range.until; start += WINDOW_MS[range.size]) {
        let sums: ByCurrency = new Map();
        // A day by the hour: a busy one has more minutes of auctions than may be added up at once.
        const step = Math.min(WINDOW_MS[range.size], WINDOW_MS.hour);
        for (let at = start; at < start + WINDOW_MS[range.size]; at += step) {
          sums = added(sums, this.sumsOf(at, at + step, auctionId, generation));
          if (slice.over()) await slice.rest();
        }
        windows.push({ start: toIso(start), ...shown(sums) });
        total = added(total, sums);
      }
      return { window: range.size, windows, totals: shown(total), asOf };
    } finally {
      this.db.exec('COMMIT');
    }
  }

  private sumsOf(from: EpochMs, until: EpochMs, auctionId: string | null, generation: number): ByCurrency {
    const rows = this.sums.all([from, until, auctionId, generation]) as [string, ...number[]][];
    return new Map(rows.map(([currency, ...values]) => [currency, measuresOf(values)]));
  }

  private asOf() {
    const [batch] = this.rows('SELECT generation, position, at FROM batches WHERE serving = 1');
    const [speed] = this.rows('SELECT max(position), max(newest_at) FROM partitions');
    const [generation, batchText, batchAt] = batch as [number, string | null, number | null];
    const [seenText, newestAt] = speed as [string | null, number | null];
    const batchPosition = batchText === null ? null : short(batchText);
    const seen = seenText === null ? null : short(seenText);
    const isNewer = seen !== null && (batchPosition === null || comparePositions(seen, batchPosition) > 0);
    return {
      generation,
      position: isNewer ? seen : batchPosition,
      batchPosition,
      batchAt: toIsoOrNull(batchAt),
      newestAt: toIsoOrNull(newestAt),
    };
  }

  private rows(sql: string): unknown[] {
    return this.db.prepare(sql).raw().all([]);
  }
}

const measuresOf = (values: readonly number[]): Measures =>
  Object.fromEntries(MEASURES.map((measure, i) => [measure, values[i] ?? 0])) as unknown as Measures;

function added(a: ByCurrency, b: ByCurrency): ByCurrency {
  const sum = new Map(a);
  for (const [currency, measures] of b) sum.set(currency, plus(sum.get(currency) ?? noMeasures, measures));
  return sum;
}

/** An auction whose currency is not known yet, because Kafka lost what told it, has no revenue until a batch has read it. */
function shown(sums: ByCurrency): Omit<AnalyticsWindow, 'start'> {
  const { revenue: _, ...counts } = [...sums.values()].reduce(plus, noMeasures);
  const revenue = [...sums]
    .filter(([currency, measures]) => currency !== '' && measures.revenue > 0)
    .map(([currency, measures]) => ({ currency, amount: measures.revenue }))
    .sort((a, b) => (a.currency < b.currency ? -1 : 1));
  return { ...counts, revenue };
}
