import type { EpochMs } from '#contracts/time.js';

/** Where the time comes from; the domain is handed it. */
export abstract class Clock {
  abstract now(): EpochMs;
}

export class SystemClock extends Clock {
  override now(): EpochMs {
    return Date.now();
  }
}
