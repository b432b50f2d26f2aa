import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The processes and directories of a benchmark. However it and the run end, none of them is left. */
export class Scope {
  readonly #children = new Set<ChildProcess>();
  readonly #directories = new Set<string>();

  constructor() {
    process.on('exit', () => this.#killAll());
    for (const [signal, code] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
      ['SIGHUP', 129],
    ] as const) {
      process.once(signal, () => process.exit(code));
    }
  }

  /** Takes over a process that was just started. */
  adopt(child: ChildProcess): void {
    this.#children.add(child);
    child.once('exit', () => this.#children.delete(child));
  }

  /** Kills the process and waits until it is gone. */
  async end(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  /** An empty directory, on the disk of the system's temporary directory. */
  directory(name: string): string {
    const directory = mkdtempSync(join(tmpdir(), `gavel-bench-${name}-`));
    this.#directories.add(directory);
    return directory;
  }

  remove(directory: string): void {
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    this.#directories.delete(directory);
  }

  /** Ends and removes everything: what comes next has the machine for itself. */
  async clear(): Promise<void> {
    await Promise.all([...this.#children].map((child) => this.end(child)));
    for (const directory of this.#directories) this.remove(directory);
  }

  #killAll(): void {
    for (const child of this.#children) child.kill('SIGKILL');
    for (const directory of this.#directories) this.remove(directory);
  }
}
