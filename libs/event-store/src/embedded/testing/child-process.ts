import { type ChildProcessWithoutNullStreams, type SpawnOptionsWithoutStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Another process that runs one of the programs in this folder. */
export class ChildProcess {
  /** The complete lines that it has written so far. */
  readonly lines: string[] = [];
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #ended: Promise<unknown>;
  #errors = '';

  constructor(program: string, args: readonly string[], options: SpawnOptionsWithoutStdio = {}) {
    const file = fileURLToPath(new URL(`./${program}.js`, import.meta.url));
    this.#child = spawn(process.execPath, [file, ...args], options);
    this.#child.stderr.on('data', (data) => {
      this.#errors += String(data);
    });
    let rest = '';
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      // A process that is killed may leave half a line, which readline would count.
      rest = lines.pop() as string;
      this.lines.push(...lines);
    });
    this.#ended = once(this.#child, 'close');
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  /** Rejects when the process ends before it has written so much. */
  async written(count: number): Promise<void> {
    while (this.lines.length < count) {
      if (this.#child.exitCode !== null) throw new Error(`it ended with ${this.#child.exitCode}: ${this.#errors}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** kill -9: nothing in the process gets to run any more. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  /** Waits for its end, and answers what it wrote. Rejects unless it ended well. */
  async output(): Promise<string[]> {
    await this.#ended;
    if (this.#child.exitCode !== 0) throw new Error(`it ended with ${this.#child.exitCode}: ${this.#errors}`);
    return this.lines;
  }
}
