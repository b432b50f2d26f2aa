import type { EpochMs } from '#contracts/time.js';

/** Tumbling windows, in UTC: their lengths, milliseconds. */
export const WINDOW_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;
export type WindowSize = keyof typeof WINDOW_MS;

/** The beginning of the window that a time lies in. */
export const windowOf = (size: WindowSize, at: EpochMs): EpochMs => at - (at % WINDOW_MS[size]);
export const minuteOf = (at: EpochMs): EpochMs => windowOf('minute', at);

/** Windows from `from` on and before `until`, both the beginning of one. */
export interface WindowRange {
  readonly size: WindowSize;
  readonly from: EpochMs;
  readonly until: EpochMs;
}

/** The windows that have a moment from `from` on and before `to`. */
export function rangeOf(size: WindowSize, from: EpochMs, to: EpochMs): WindowRange {
  return { size, from: windowOf(size, from), until: windowOf(size, to - 1) + WINDOW_MS[size] };
}

export const countOf = ({ size, from, until }: WindowRange): number => (until - from) / WINDOW_MS[size];
