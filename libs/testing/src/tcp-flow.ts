import type { Socket } from 'node:net';

/** What happens to the bytes of one direction. */
export type FlowMode =
  /** They arrive. */
  | 'pass'
  /** They wait, as behind a network that loses every packet for a while: once it heals, all of them arrive. */
  | 'stall'
  /** They are acknowledged and lost. A connection that lost some is reset when the network heals: TCP has no gaps. */
  | 'swallow'
  /** The next ones are lost and reset their connection: a request or reply lost on its way. */
  | 'reset-next';

/** The state of one direction, shared by all connections of a proxy. */
export interface FlowRules {
  mode: FlowMode;
  /** How long each byte is under way, milliseconds. */
  delayMs: number;
}

/** So much may be under way before the sender is held up. */
const WINDOW_BYTES = 1 << 20;

/** Carries the bytes of one direction of one connection, in order. */
export class TcpFlow {
  /** Whether bytes were swallowed. */
  hasGap = false;
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #rules: FlowRules;
  readonly #reset: () => void;
  readonly #underWay: { readonly chunk: Buffer | null; readonly due: number }[] = [];
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;

  /** `reset` resets the connection. */
  constructor(from: Socket, to: Socket, rules: FlowRules, reset: () => void) {
    this.#from = from;
    this.#to = to;
    this.#rules = rules;
    this.#reset = reset;
    from.on('data', (chunk) => this.#take(chunk));
    from.on('end', () => this.#take(null));
    to.on('drain', () => this.pump());
  }

  /** `null`: the sender has ended its half. */
  #take(chunk: Buffer | null): void {
    const { mode, delayMs } = this.#rules;
    if (mode === 'reset-next') {
      this.#rules.mode = 'pass';
      this.#reset();
      return;
    }
    if (mode === 'swallow') {
      this.hasGap = true;
      return;
    }
    this.#underWay.push({ chunk, due: performance.now() + delayMs });
    this.#bytes += chunk?.length ?? 0;
    if (this.#bytes > WINDOW_BYTES) this.#from.pause();
    this.pump();
  }

  /** Hands over what is due. */
  pump(): void {
    clearTimeout(this.#timer);
    while (this.#rules.mode !== 'stall' && !this.#to.writableNeedDrain) {
      const next = this.#underWay[0];
      if (next === undefined) break;
      const wait = next.due - performance.now();
      if (wait > 0) {
        this.#timer = setTimeout(() => this.pump(), wait);
        break;
      }
      this.#underWay.shift();
      this.#bytes -= next.chunk?.length ?? 0;
      if (next.chunk === null) this.#to.end();
      else this.#to.write(next.chunk);
    }
    if (this.#bytes <= WINDOW_BYTES) this.#from.resume();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#underWay.length = 0;
  }
}
