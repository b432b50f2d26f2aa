import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Answer, AppendFault, Calls, LastingFaults, Member, Order } from './double/faults.js';
import { NO_FAULTS } from './double/faults.js';

export type { AppendFault, Calls, LastingFaults } from './double/faults.js';

const MAIN = fileURLToPath(new URL('./double/main.js', import.meta.url));

export interface DoubleOptions {
  /** A free one by default. */
  readonly port?: number;
  /** Where the events are kept over a restart; without it they go with the process. */
  readonly dataFile?: string;
  /** Flushes the file to the disk before it answers, as a real server does. */
  readonly sync?: boolean;
}

/** A double of EventStoreDB in a process of its own: see double/main.ts for what it believes of a real one. */
export class EventStoreDouble {
  readonly port: number;
  /** For EVENTSTORE_URL. */
  readonly url: string;
  readonly faults = new DoubleFaults((order) => this.#ask(order));
  readonly #options: DoubleOptions;
  #child: ChildProcess;
  #orders = 0;

  private constructor(child: ChildProcess, port: number, options: DoubleOptions) {
    this.#child = child;
    this.port = port;
    this.url = `esdb://127.0.0.1:${port}?tls=false`;
    this.#options = options;
  }

  static async start(options: DoubleOptions = {}): Promise<EventStoreDouble> {
    const { child, port } = await spawn(options);
    return new EventStoreDouble(child, port, options);
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  /** Ends the process. */
  async stop(): Promise<void> {
    await end(this.#child, 'SIGTERM');
  }

  /** kill -9: nothing in the process gets to run any more. What was answered before is in the data file. */
  async kill(): Promise<void> {
    await end(this.#child, 'SIGKILL');
  }

  /** Waits until a fault has killed the process. */
  async killed(): Promise<void> {
    this.#child.ref();
    if (!hasEnded(this.#child)) await once(this.#child, 'exit');
  }

  /** On the same port with the same data, without faults; kills the process before if it runs. */
  async restart(): Promise<void> {
    await this.kill();
    this.#child = (await spawn({ ...this.#options, port: this.port })).child;
  }

  /** As after a start, without one if it can be. */
  async reset(): Promise<void> {
    if (hasEnded(this.#child)) await this.restart();
    else await this.#ask({ order: 'reset' });
  }

  /** What clients have asked for since the start. */
  async calls(): Promise<Calls> {
    return this.#ask({ order: 'calls' });
  }

  #ask(order: Order): Promise<Calls> {
    const child = this.#child;
    const number = this.#orders++;
    return new Promise((resolve, reject) => {
      const settle = () => {
        child.off('message', hear);
        child.off('exit', die);
      };
      const hear = (answer: Answer) => {
        if (answer.number !== number) return;
        settle();
        resolve(answer.calls);
      };
      const die = () => {
        settle();
        reject(new Error('the double has ended'));
      };
      child.on('message', hear);
      child.on('exit', die);
      child.send({ ...order, number });
    });
  }
}

/** Faults of a double; each is in force once its promise resolves. */
class DoubleFaults {
  readonly #ask: (order: Order) => Promise<unknown>;

  constructor(ask: (order: Order) => Promise<unknown>) {
    this.#ask = ask;
  }

  /** For the next appends, one each, in this order. */
  async plan(...faults: AppendFault[]): Promise<void> {
    await this.#ask({ order: 'plan', faults });
  }

  /** Until they are set otherwise. */
  async set(faults: Partial<LastingFaults>): Promise<void> {
    await this.#ask({ order: 'set', faults });
  }

  async clear(): Promise<void> {
    await this.set(NO_FAULTS);
  }

  /** Forgets which ids were written lately: what a restart or another leader does. */
  async forgetIds(): Promise<void> {
    await this.#ask({ order: 'forget-ids' });
  }

  /** Cuts all connections now. */
  async cut(): Promise<void> {
    await this.#ask({ order: 'cut' });
  }

  /** The cluster that it tells of. */
  async members(...members: Member[]): Promise<void> {
    await this.#ask({ order: 'members', members });
  }
}

async function spawn({ port = 0, dataFile, sync }: DoubleOptions): Promise<{ child: ChildProcess; port: number }> {
  const data = dataFile === undefined ? [] : ['--data', dataFile];
  const child = fork(MAIN, ['--port', String(port), ...data, ...(sync ? ['--sync'] : [])], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: [],
  });
  const started = await Promise.race([once(child, 'message'), once(child, 'exit').then(() => null)]);
  if (started === null) throw new Error('the double of EventStoreDB did not start');
  // A suite that ends without `stop` must not wait for it: it ends with its parent.
  child.unref();
  child.channel?.unref();
  return { child, port: (started[0] as { port: number }).port };
}

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (hasEnded(child)) return;
  child.ref();
  const exit = once(child, 'exit');
  child.kill(signal);
  await exit;
}
