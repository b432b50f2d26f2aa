import { setTimeout as pause } from 'node:timers/promises';

/** Waits until `condition` holds. Rejects after ten seconds. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`this never came true: ${condition}`);
    await pause(5);
  }
}
