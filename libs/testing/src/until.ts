import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until the condition holds. Rejects after `patienceMs`: far more than it takes on a machine that has nothing else to do. */
export async function until(condition: () => boolean | Promise<boolean>, patienceMs = 10_000): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`still not so after ${patienceMs} ms: ${condition}`);
    await sleep(5);
  }
}
