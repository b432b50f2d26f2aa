/** What a lot's stream says of its units, at a revision of it. */
export interface StockLevel {
  readonly quantity: number;
  readonly sold: number;
  /** Of the lot's stream, from 0. A level of a higher revision replaces one of a lower revision, never the reverse. */
  readonly revision: number;
}

/** `sold + held + available = quantity`, and none of them below 0. */
export interface StockView extends StockLevel {
  /** Held for purchases under way. */
  readonly held: number;
  readonly available: number;
}

/** A purchase that the stream has accepted. `level` is the one right behind it. */
export interface StockSale {
  readonly purchaseId: string;
  readonly units: number;
  readonly level: StockLevel;
}

/**
 * - `reserved`: the units are held for the purchase, until it is confirmed or released or its hold expires.
 * - `contested`: units may be left, but not enough that nobody holds: only the stream can say who gets them.
 * - `sold-out`: all units are sold, says a revision of the stream. That is final: units never come back.
 * - `unknown`: the stock knows nothing of the item, or cannot be asked.
 */
export type Reservation = 'reserved' | 'contested' | 'sold-out' | 'unknown';

/**
 * Units of items at a fixed price, in front of the streams that decide. Everything in it is a hint and may be lost, late or old at any
 * moment: it never sells, and it refuses only what a revision of the stream has refused for ever. No method rejects.
 */
export abstract class Stock {
  /** Holds units, all or none. A repeat under the same purchase holds nothing more. */
  abstract reserve(itemId: string, purchaseId: string, units: number): Promise<Reservation>;

  /** The held units are sold. What was not held is counted as well: the level says so. */
  abstract confirm(itemId: string, sale: StockSale): Promise<void>;

  /** The purchase failed: its units are free again. Releasing what is not held changes nothing. */
  abstract release(itemId: string, purchaseId: string): Promise<void>;

  /** Takes over a level of the stream, if it is newer. Drops all holds then: which of them it contains, nobody knows. */
  abstract restore(itemId: string, level: StockLevel): Promise<void>;

  /** Null when nothing is known of the item. */
  abstract view(itemId: string): Promise<StockView | null>;

  /** Lets go of what this process remembers of items that nobody asks for. */
  forgetIdle(): void {}
}

/** How long a purchase may hold units, milliseconds. One that takes longer is decided by the stream all the same. */
export const HOLD_MS = 2_000;

/** A level that was not confirmed by the stream for so long is forgotten, milliseconds: settled lots leave nothing behind. */
export const LEVEL_MS = 10 * 60_000;
