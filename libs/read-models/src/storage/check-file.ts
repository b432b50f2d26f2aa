import { CallThread } from './call-thread.js';
import type { CheckResult } from './check-thread.js';

/** Reads a whole generation in a thread of its own and says what is wrong with it. Never rejects. */
export async function checkFile(file: string): Promise<CheckResult> {
  const thread = new CallThread(new URL('./check-thread.js', import.meta.url), {});
  try {
    return await thread.call<CheckResult>({ file });
  } catch (error) {
    return { problem: `the check itself failed: ${String(error)}`, checkpoint: null };
  } finally {
    await thread.end();
  }
}
