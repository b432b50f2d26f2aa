import { type ChildProcess, fork } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Scope } from '../process/scope.js';
import type { ClientsTask, Received } from './clients-task.js';

const PROGRAM = fileURLToPath(new URL('../subjects/fan-out-clients.js', import.meta.url));
const CLIENTS_A_PROCESS = 2_500;
const PATIENCE_MS = 60_000;

/** All the clients of a server, in processes of their own. */
export class Audience {
  private readonly seen = new Map<ChildProcess, Received>();
  private readonly latencies: number[] = [];
  private failed = false;

  private constructor(
    private readonly scope: Scope,
    readonly clients: number,
  ) {}

  /** Rejects unless every client is connected and subscribed. */
  static async gather(scope: Scope, task: ClientsTask): Promise<Audience> {
    const audience = new Audience(scope, task.clients);
    for (let left = task.clients; left > 0; left -= CLIENTS_A_PROCESS) {
      audience.start({ ...task, clients: Math.min(left, CLIENTS_A_PROCESS) });
    }
    await audience.until(({ ready }) => ready === task.clients);
    return audience;
  }

  /** Messages of bids that all clients together have got. */
  get bids(): number {
    return this.sum('bids');
  }

  /** Rejects unless every message arrives. */
  async received(bids: number): Promise<void> {
    await this.until((audience) => audience.bids >= bids);
    if (this.bids !== bids) throw new Error(`${this.bids} messages instead of ${bids}`);
  }

  get p99Ms(): number {
    const sorted = [...this.latencies].sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN;
  }

  async dismiss(): Promise<void> {
    await Promise.all([...this.seen.keys()].map((child) => this.scope.end(child)));
  }

  get ready(): number {
    return this.sum('ready');
  }

  private start(task: ClientsTask): void {
    const child = fork(PROGRAM, [JSON.stringify(task)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.scope.adopt(child);
    this.seen.set(child, { ready: 0, bids: 0, latenciesMs: [] });
    child.on('exit', (code) => {
      this.failed ||= code !== null && code !== 0;
    });
    child.on('message', (message) => {
      const received = message as Received;
      this.seen.set(child, received);
      for (const latency of received.latenciesMs) this.latencies.push(latency);
    });
  }

  private async until(condition: (audience: Audience) => boolean): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    while (!condition(this)) {
      if (this.failed || Date.now() > deadline) throw new Error(`${this.ready} clients, ${this.bids} messages`);
      await sleep(1);
    }
  }

  private sum(what: 'ready' | 'bids'): number {
    return [...this.seen.values()].reduce((sum, received) => sum + received[what], 0);
  }
}
