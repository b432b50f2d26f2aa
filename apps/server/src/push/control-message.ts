import type { Goodbye, Heartbeat, PushProblem, Subscribed, Welcome } from '#contracts/push/server-messages.js';
import { toIso } from '#contracts/time.js';
import { type Format, framed } from './frames.js';
import { FRESH_MS, type Outgoing, type Written } from './message-batch.js';
import type { Subscriber } from './subscriber.js';

type Control = Welcome | Subscribed | Heartbeat | PushProblem | Goodbye;
type Untimed = Control extends infer M ? (M extends { serverTime: string } ? Omit<M, 'serverTime'> : M) : never;

const TIMED: ReadonlySet<Control['type']> = new Set<Control['type']>(['Welcome', 'Subscribed', 'Heartbeat']);

/** A message about the connection itself. The same object may go to many connections. */
export class ControlMessage implements Outgoing {
  readonly length = 1;
  readonly lotId = null;
  private readonly written: Partial<Record<Format, Written>> = {};

  constructor(private readonly message: Untimed) {}

  bytes(format: Format, _: string | null, nowMs: number): Buffer {
    const known = this.written[format];
    if (known !== undefined && nowMs - known.at < FRESH_MS) return known.bytes;
    const { type } = this.message;
    const text = JSON.stringify(TIMED.has(type) ? { ...this.message, serverTime: toIso(nowMs) } : this.message);
    const position = 'position' in this.message ? this.message.position : null;
    const bytes = framed(format, text, type, position);
    this.written[format] = { bytes, at: nowMs };
    return bytes;
  }
}

/** Tells a client what was not done, and why. */
export const tell = (subscriber: Subscriber, problem: Omit<PushProblem, 'type'>): void =>
  subscriber.send(new ControlMessage({ type: 'Problem', ...problem }));
