import { CallThread } from './call-thread.js';
import type { CheckResult } from './check-thread.js';

/** Reads whole generations, one after the other, in a thread of its own, and says what is wrong with them. */
export class FileChecks {
  readonly #thread = new CallThread(new URL('./check-thread.js', import.meta.url), {});

  /** Never rejects. */
  async check(file: string): Promise<CheckResult> {
    try {
      return await this.#thread.call<CheckResult>({ file });
    } catch (error) {
      return `the check itself failed: ${String(error)}`;
    }
  }

  /** Ends once the checks under way are done. */
  async end(): Promise<void> {
    await this.#thread.end();
  }
}

export async function checkFile(file: string): Promise<CheckResult> {
  const checks = new FileChecks();
  const result = await checks.check(file);
  await checks.end();
  return result;
}
