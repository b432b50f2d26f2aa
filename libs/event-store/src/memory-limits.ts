/** Of events that are kept in memory. */
export interface MemoryLimits {
  readonly events: number;
  /** Length of their JSON texts. */
  readonly characters: number;
}

/**
 * How many of the oldest events are to be dropped, and the characters that are left then: down to half the limits, so that the
 * copying is paid for by many events. `sizes`: characters of each, the oldest first; `characters`: of all.
 */
export function toDrop(
  sizes: readonly number[],
  characters: number,
  limits: MemoryLimits,
): { readonly count: number; readonly left: number } {
  const most = limits.events / 2;
  let count = 0;
  let left = characters;
  while (count < sizes.length && (sizes.length - count > most || left > limits.characters / 2)) {
    left -= sizes[count] as number;
    count += 1;
  }
  return { count, left };
}
