import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until the condition holds; throws after five seconds. */
export async function until(condition: () => boolean | Promise<boolean>, patienceMs = 5_000): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`still not so after ${patienceMs} ms: ${condition}`);
    await sleep(10);
  }
}
