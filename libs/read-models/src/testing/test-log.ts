import type { Log } from '../log.js';

/** A log that a test can look into: `level message` of each line. */
export class TestLog implements Log {
  readonly lines: string[] = [];

  info(_facts: object, message: string): void {
    this.lines.push(`info ${message}`);
  }

  warn(facts: object, message: string): void {
    this.lines.push(`warn ${message}: ${reasonOf(facts)}`);
  }

  error(facts: object, message: string): void {
    this.lines.push(`error ${message}: ${reasonOf(facts)}`);
  }
}

function reasonOf(facts: object): string {
  const { reason, err } = facts as { reason?: string; err?: Error };
  return reason ?? err?.message ?? '';
}
