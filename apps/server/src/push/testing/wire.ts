import type { Message } from '../../testing/push-client.js';
import type { CloseReason, Connection } from '../subscriber.js';

/** A network in memory to one client: full when it is told so; what was not read when it breaks is lost. */
export class Wire implements Connection {
  readonly format = 'websocket';
  full = false;
  closedFor: CloseReason | null = null;
  alive = true;
  private readonly frames: Buffer[] = [];
  private drained: (() => void)[] = [];

  get bufferedBytes(): number {
    return this.full ? Number.MAX_SAFE_INTEGER : 0;
  }

  write(bytes: readonly Buffer[]): void {
    for (const some of bytes) this.frames.push(...framesIn(some));
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

  /** The next messages, at most so many. */
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
