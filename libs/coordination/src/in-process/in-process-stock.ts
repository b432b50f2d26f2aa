import { LRUCache } from 'lru-cache';
import type { Clock } from '#platform/clock.js';
import {
  HOLD_MS,
  LEVEL_MS,
  type Reservation,
  Stock,
  type StockLevel,
  type StockSale,
  type StockView,
} from '../stock.js';
import { HeldUnits } from './held-units.js';

/** Items that are kept at most: the one that was asked for the longest ago goes first. */
const ITEMS = 10_000;

/** The stock in this process's memory. */
export class InProcessStock extends Stock {
  private readonly items = new LRUCache<string, HeldUnits>({ max: ITEMS, ttl: LEVEL_MS });

  constructor(
    private readonly clock: Clock,
    private readonly holdMs = HOLD_MS,
  ) {
    super();
  }

  override async reserve(itemId: string, purchaseId: string, units: number): Promise<Reservation> {
    const now = this.clock.now();
    return this.items.get(itemId)?.reserve(purchaseId, units, now, now + this.holdMs) ?? 'unknown';
  }

  override async confirm(itemId: string, sale: StockSale): Promise<void> {
    const item = this.items.get(itemId);
    item?.confirm(sale);
    this.items.set(itemId, item ?? new HeldUnits(sale.level));
  }

  override async release(itemId: string, purchaseId: string): Promise<void> {
    this.items.get(itemId)?.release(purchaseId);
  }

  override async restore(itemId: string, level: StockLevel): Promise<void> {
    const item = this.items.get(itemId);
    item?.restore(level);
    this.items.set(itemId, item ?? new HeldUnits(level));
  }

  override async view(itemId: string): Promise<StockView | null> {
    return this.items.get(itemId)?.view ?? null;
  }

  /** Items that are kept. */
  get size(): number {
    return this.items.size;
  }

  override forgetIdle(): void {
    this.items.purgeStale();
  }

  /** As if the process had been started anew. */
  forgetAll(): void {
    this.items.clear();
  }
}
