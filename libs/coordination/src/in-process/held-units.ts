import type { Reservation, StockLevel, StockSale, StockView } from '../stock.js';

interface Hold {
  readonly units: number;
  /** Milliseconds. */
  readonly until: number;
}

/** The units of one item. The Lua scripts of the Redis stock do the very same. */
export class HeldUnits {
  private readonly holds = new Map<string, Hold>();
  private held = 0;

  constructor(private level: StockLevel) {}

  get view(): StockView {
    return { ...this.level, held: this.held, available: this.available };
  }

  private get available(): number {
    return this.level.quantity - this.level.sold - this.held;
  }

  reserve(purchaseId: string, units: number, now: number, until: number): Reservation {
    if (this.level.sold >= this.level.quantity) return 'sold-out';
    if (this.holds.has(purchaseId)) return 'reserved';
    if (this.available < units) this.dropExpired(now);
    if (this.available < units) return 'contested';
    this.holds.set(purchaseId, { units, until });
    this.held += units;
    return 'reserved';
  }

  confirm({ purchaseId, units, level }: StockSale): void {
    this.release(purchaseId);
    if (level.revision <= this.level.revision) return;
    // Sales that are not known here may be among the holds: they would count twice.
    if (level.sold !== this.level.sold + units) this.dropAll();
    this.level = level;
    if (this.available < 0) this.dropAll();
  }

  release(purchaseId: string): void {
    this.held -= this.holds.get(purchaseId)?.units ?? 0;
    this.holds.delete(purchaseId);
  }

  restore(level: StockLevel): void {
    if (level.revision <= this.level.revision) return;
    this.level = level;
    this.dropAll();
  }

  private dropExpired(now: number): void {
    // In the order in which they were made, which is that of their ends.
    for (const [purchaseId, { until }] of this.holds) {
      if (until > now) return;
      this.release(purchaseId);
    }
  }

  private dropAll(): void {
    this.holds.clear();
    this.held = 0;
  }
}
