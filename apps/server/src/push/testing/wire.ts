import type { Message } from '../../testing/push-client.js';
import type { CloseReason, Connection } from '../subscriber.js';

/** A network in memory to one client: full when it is told so; what was not read when it breaks is lost. */
export class Wire implements Connection {
  full = false;
  closedFor: CloseReason | null = null;
  alive = true;
  private readonly frames: Buffer[] = [];
  private drained: (() => void)[] = [];

  constructor(readonly format: Connection['format'] = 'websocket') {}

  get bufferedBytes(): number {
    return this.full ? Number.MAX_SAFE_INTEGER : 0;
  }

  write(bytes: readonly Buffer[]): void {
    for (const some of bytes) this.frames.push(...(this.format === 'events' ? eventsIn(some) : framesIn(some)));
  }

  onceDrained(callback: () => void): void {
    this.drained.push(callback);
  }

  /** What was written is gone: more can be written. */
  drain(): void {
    this.full = false;
    for (const callback of this.drained.splice(0)) callback();
  }

  isAlive(): boolean {
    return this.alive;
  }

  close(reason: CloseReason): void {
    this.closedFor ??= reason;
  }

  /** The next messages, at most so many; of server-sent events with their `id`. */
  read(most = Number.MAX_SAFE_INTEGER): Message[] {
    return this.frames.splice(0, most).map((text) => JSON.parse(text.toString()) as Message);
  }

  get unread(): number {
    return this.frames.length;
  }
}

/** The texts of whole, unmasked frames (RFC 6455, section 5.2). Throws for anything else. */
export function framesIn(bytes: Buffer): Buffer[] {
  const texts: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (bytes[at] !== 0x81) throw new Error(`no text frame but ${bytes[at]} at ${at}`);
    const short = bytes[at + 1] as number;
    const [head, length] =
      short < 126
        ? [2, short]
        : short === 126
          ? [4, bytes.readUInt16BE(at + 2)]
          : [10, Number(bytes.readBigUInt64BE(at + 2))];
    if (at + head + length > bytes.length) throw new Error('a frame is cut off');
    texts.push(bytes.subarray(at + head, at + head + length));
    at += head + length;
  }
  return texts;
}

/** The messages of whole server-sent events, each with the `id` of its event where that has one. */
function eventsIn(bytes: Buffer): Buffer[] {
  const [last, ...events] = bytes.toString().split('\n\n').reverse();
  if (last !== '') throw new Error('an event is cut off');
  return events.reverse().map((event) => {
    const fields = new Map(event.split('\n').map((line) => line.split(/: (.*)/s, 2) as [string, string]));
    return Buffer.from(
      JSON.stringify({ ...JSON.parse(fields.get('data') ?? ''), ...(fields.has('id') && { id: fields.get('id') }) }),
    );
  });
}
