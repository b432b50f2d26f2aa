/** What becomes of one append. */
export type AppendFault =
  /** Nothing written: `Server Is Not Ready`. */
  | 'refuse'
  /** Nothing written: the connections are cut. */
  | 'drop-before'
  /** Nothing written: the process kills itself with SIGKILL. */
  | 'kill-before'
  /** Nothing written: `not-leader`, with the address of the leader when `leader` is set. */
  | 'not-leader'
  | 'access-denied'
  | 'stream-deleted'
  /** Nothing written: one event is larger than an operator allows. */
  | 'event-too-large'
  /** Written: the connections are cut instead of an answer. */
  | 'drop-after'
  /** Written: the process kills itself with SIGKILL instead of an answer. */
  | 'kill-after'
  /** Written, and never answered. */
  | 'no-answer'
  /** Written: `Operation timed out`, as when the replicas do not acknowledge in time. */
  | 'timeout-after'
  /** Written: an error of the status UNKNOWN. */
  | 'unknown-after';

export interface LastingFaults {
  /** Replies to appends come so much later, milliseconds. */
  readonly replyDelayMs: number;
  /** No call is answered, and no subscription is told anything, until it ends. Connections stay. */
  readonly stalled: boolean;
  /** Calls that require the leader are refused, with its address: `null` for a node that is the leader. */
  readonly leader: { readonly host: string; readonly port: number } | 'unknown' | null;
  /** Subscriptions are told nothing, without an error; everything else works. */
  readonly silentSubscriptions: boolean;
}

export const NO_FAULTS: LastingFaults = {
  replyDelayMs: 0,
  stalled: false,
  leader: null,
  silentSubscriptions: false,
};

/** What was asked of the server since its start. */
export interface Calls {
  /** The classic path. */
  appends: number;
  batchAppends: number;
  reads: number;
  subscriptions: number;
  /** Reads and subscriptions that have not ended. */
  open: number;
  /** The most that were open at once. */
  mostOpen: number;
  /** Appends, reads and subscriptions that any node may serve. */
  withoutLeader: number;
  /** The last authorization header of an append. */
  authorization: string | null;
  /** Expected revisions of the last append: a revision, `no-stream`, `any`, `stream-exists`. */
  expected: number | string | null;
}

/** What the parent process may ask for. */
export type Order =
  | { readonly order: 'plan'; readonly faults: readonly AppendFault[] }
  | { readonly order: 'set'; readonly faults: Partial<LastingFaults> }
  | { readonly order: 'forget-ids' | 'cut' | 'reset' | 'calls' }
  | { readonly order: 'members'; readonly members: readonly Member[] };

export interface Member {
  readonly host: string;
  readonly port: number;
  readonly state: 'leader' | 'follower';
}

export interface Answer {
  readonly number: number;
  readonly calls: Calls;
}

const noCalls = (open: number): Calls => ({
  appends: 0,
  batchAppends: 0,
  reads: 0,
  subscriptions: 0,
  open,
  mostOpen: open,
  withoutLeader: 0,
  authorization: null,
  expected: null,
});

/** The faults of a server, and how they pass. */
export class Faults {
  calls: Calls = noCalls(0);
  lasting: LastingFaults = NO_FAULTS;
  readonly #planned: AppendFault[] = [];
  readonly #waiting = new Set<() => void>();

  /** Without faults, and as if nothing had been asked for. */
  reset(): void {
    this.#planned.length = 0;
    this.calls = noCalls(this.calls.open);
    this.set(NO_FAULTS);
  }

  plan(faults: readonly AppendFault[]): void {
    this.#planned.push(...faults);
  }

  set(faults: Partial<LastingFaults>): void {
    this.lasting = { ...this.lasting, ...faults };
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  next(): AppendFault | undefined {
    return this.#planned.shift();
  }

  /** Resolves once the server is not stalled. */
  async awake(): Promise<void> {
    while (this.lasting.stalled) await this.changed();
  }

  changed(): Promise<void> {
    return new Promise((resolve) => this.#waiting.add(resolve));
  }

  opened(): void {
    this.calls.open += 1;
    this.calls.mostOpen = Math.max(this.calls.mostOpen, this.calls.open);
  }

  closed(): void {
    this.calls.open -= 1;
  }
}
