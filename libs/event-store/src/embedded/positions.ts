import type { Position } from '../event-store.js';

/** The integer behind a position; 0, before the first one, for null. Throws TypeError for a text that is no position. */
export function numberOf(position: Position | null): number {
  if (position === null) return 0;
  const value = Number(position);
  if (/^\d+$/.test(position) && Number.isSafeInteger(value)) return value;
  throw new TypeError(`${position} is not a position of this store`);
}

export const positionOf = (value: number): Position | null => (value === 0 ? null : String(value));
