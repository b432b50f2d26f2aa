import { answerCalls } from './answer-calls.js';
import { connect } from './connect.js';
import { messageOf } from './failures.js';

export interface CheckRequest {
  readonly file: string;
}

export interface CheckResult {
  /** Null: the file is sound. */
  readonly problem: string | null;
  readonly checkpoint: string | null;
}

answerCalls(({ file }: CheckRequest): CheckResult => {
  try {
    const { db } = connect(file, 5_000);
    const findings = db.prepare('PRAGMA quick_check(1)').raw().all([]) as unknown as [string][];
    const checkpoint = db.prepare('SELECT position FROM checkpoint').raw().get([]) as [string] | undefined;
    db.close();
    const finding = findings[0]?.[0] ?? 'no answer to quick_check';
    return { problem: finding === 'ok' ? null : finding, checkpoint: checkpoint?.[0] ?? null };
  } catch (error) {
    return { problem: messageOf(error), checkpoint: null };
  }
});
