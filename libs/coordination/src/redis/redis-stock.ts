import {
  HOLD_MS,
  LEVEL_MS,
  type Reservation,
  Stock,
  type StockLevel,
  type StockSale,
  type StockView,
} from '../stock.js';
import type { RedisLink } from './redis-link.js';
import { CONFIRM, RELEASE, RESERVE, RESTORE, VIEW } from './stock-scripts.js';

const keyOf = (itemId: string): string => `stock:${itemId}`;

/** The stock that all processes share, in Redis. */
export class RedisStock extends Stock {
  constructor(
    private readonly redis: RedisLink,
    private readonly holdMs = HOLD_MS,
  ) {
    super();
  }

  override async reserve(itemId: string, purchaseId: string, units: number): Promise<Reservation> {
    const answer = await this.redis.run(RESERVE, keyOf(itemId), [purchaseId, units, this.holdMs]);
    return (answer as Reservation | null) ?? 'unknown';
  }

  override async confirm(itemId: string, { purchaseId, units, level }: StockSale): Promise<void> {
    const { quantity, sold, revision } = level;
    await this.redis.run(CONFIRM, keyOf(itemId), [purchaseId, units, quantity, sold, revision, LEVEL_MS]);
  }

  override async release(itemId: string, purchaseId: string): Promise<void> {
    await this.redis.run(RELEASE, keyOf(itemId), [purchaseId]);
  }

  override async restore(itemId: string, { quantity, sold, revision }: StockLevel): Promise<void> {
    await this.redis.run(RESTORE, keyOf(itemId), [quantity, sold, revision, LEVEL_MS]);
  }

  override async view(itemId: string): Promise<StockView | null> {
    const answer = (await this.redis.run(VIEW, keyOf(itemId), [])) as string[] | null;
    if (answer === null || answer.length === 0) return null;
    const [quantity = 0, sold = 0, revision = 0, held = 0] = answer.map(Number);
    return { quantity, sold, revision, held, available: quantity - sold - held };
  }
}
