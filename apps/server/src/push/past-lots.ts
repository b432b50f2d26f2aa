import { LRUCache } from 'lru-cache';
import { lotStream } from '#contracts/ids.js';
import type { EventReader } from '#event-store/event-store.js';
import { Handlers } from '#read-models/handlers.js';
import type { StoredEvent } from '#read-models/projection.js';
import { lots } from '#read-models/projections/lots.js';
import type { LotRow } from '#read-models/rows.js';
import { TimeSlice } from '#read-models/time-slice.js';

/** Events of one read. */
const READ_PAGE = 1_000;
/** Rows that are remembered: after a restart many clients come back to the same lots. */
const REMEMBERED_ROWS = 1_000;

/** Lots as they once stood, folded from their streams. */
export class PastLots {
  private readonly handlers = new Handlers(lots);
  private readonly folds = new LRUCache<string, LotRow>({ max: REMEMBERED_ROWS });

  constructor(private readonly store: EventReader) {}

  /** In front of the event of that revision; null: it is the first one. Rejects with StoreUnavailable. */
  async before(lotId: string, revision: number): Promise<LotRow | null> {
    let at = revision;
    while (at > 0 && !this.folds.has(`${lotId}@${at}`)) at = READ_PAGE * Math.floor((at - 1) / READ_PAGE);
    let row = this.folds.get(`${lotId}@${at}`) ?? null;
    const slice = new TimeSlice();
    while (at < revision) {
      const count = Math.min(READ_PAGE, revision - at);
      const events = (await this.store.readStream(lotStream(lotId), at, count)) as readonly StoredEvent[];
      if (events.length < count) throw new Error(`lot ${lotId} has no ${revision} events`);
      for (const event of events) {
        row = this.after(row, event);
        if (slice.over()) await slice.rest();
      }
      at += count;
      if (row !== null) this.folds.set(`${lotId}@${at}`, row);
    }
    return row;
  }

  after(row: LotRow | null, event: StoredEvent): LotRow | null {
    return this.handlers.after(row, event);
  }
}
