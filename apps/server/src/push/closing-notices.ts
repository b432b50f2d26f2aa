import type { Clock } from '#platform/clock.js';
import type { ReadModels } from '#read-models/read-models.js';
import type { Hub } from './hub.js';

/** How near the end of a lot must be for its watchers to be told, milliseconds. */
const CLOSING_MS = 60_000;
const AT_ONCE = 2_000;

/** Tells the watchers of each lot once that its end is near, and again when that has moved. */
export class ClosingNotices {
  /** The end that was announced, by lot. */
  private readonly announced = new Map<string, number>();

  constructor(
    private readonly hub: Hub,
    private readonly lots: Pick<ReadModels['lots'], 'due'>,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  /** Throws RowsBehind or ReadModelUnavailable; what could not be announced is announced the next time. */
  announce(): void {
    const now = this.clock.now();
    for (const [lotId, closesAt] of this.announced) if (closesAt < now) this.announced.delete(lotId);
    for (const lotId of this.lots.due(now + CLOSING_MS, AT_ONCE)) {
      const row = this.hub.lots.get(lotId);
      const closesAt = row?.lot.phase === 'open' ? row.lot.closesAt : null;
      if (row === null || closesAt === null || closesAt <= now || closesAt - now > CLOSING_MS) continue;
      if (this.announced.get(lotId) === closesAt) continue;
      this.announced.set(lotId, closesAt);
      this.hub.announceClosing(row, closesAt);
    }
  }
}
