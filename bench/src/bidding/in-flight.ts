import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Measured } from '../benchmark.js';

const SAMPLING_MS = 1;

export interface Pressure {
  readonly inFlight: number;
  readonly seconds: number;
  /** Before the measurement: the code compiles, buffers fill. */
  readonly warmUpSeconds: number;
}

/** Keeps so many bids under way, each caller with its next one as soon as the last is answered. */
export async function keepInFlight(pressure: Pressure, place: (bid: number) => Promise<void>): Promise<Measured> {
  const { inFlight, seconds, warmUpSeconds } = pressure;
  const delay = monitorEventLoopDelay({ resolution: SAMPLING_MS });
  let placed = 0;
  let answered = 0;
  let stopped = false;
  const caller = async () => {
    while (!stopped) {
      await place(placed++);
      answered += 1;
    }
  };
  const callers = Promise.all(Array.from({ length: inFlight }, caller));
  await during(warmUpSeconds, callers);

  delay.enable();
  const started = performance.now();
  const before = answered;
  await during(seconds, callers);
  const elapsedSeconds = (performance.now() - started) / 1_000;
  const value = (answered - before) / elapsedSeconds;
  delay.disable();

  stopped = true;
  await callers;
  const delayMs = Math.max(0, delay.percentile(99) / 1e6 - SAMPLING_MS);
  return { value, details: { 'event-loop delay p99, ms': delayMs } };
}

/** Rejects as soon as a caller does. */
async function during(seconds: number, callers: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, seconds * 1_000);
  });
  await Promise.race([passed, callers]).finally(() => clearTimeout(timer));
}
