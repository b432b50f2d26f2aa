import { answerCalls } from './answer-calls.js';
import { connect } from './connect.js';
import { messageOf } from './failures.js';

export interface CheckRequest {
  readonly file: string;
}

/** What is wrong with the file; null: it is sound. */
export type CheckResult = string | null;

answerCalls(({ file }: CheckRequest): CheckResult => {
  try {
    const { db } = connect(file, 5_000);
    const findings = db.prepare('PRAGMA quick_check(1)').raw().all([]) as unknown as [string][];
    db.close();
    const finding = findings[0]?.[0] ?? 'no answer to quick_check';
    return finding === 'ok' ? null : finding;
  } catch (error) {
    return messageOf(error);
  }
});
