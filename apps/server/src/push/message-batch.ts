import { toIso } from '#contracts/time.js';
import { type Format, framed } from './frames.js';
import type { PushMessage } from './push-message.js';

/** What was written earlier is written anew: its `serverTime` would set a client's clock wrong. Milliseconds. */
export const FRESH_MS = 250;
/** Messages that are handed over together. */
export const BATCH_MESSAGES = 64;

/** Something to send: bytes for a client. */
export interface Outgoing {
  /** How many messages it is. */
  readonly length: number;
  /** The lot it is about; null: it is never dropped. */
  readonly lotId: string | null;
  bytes(format: Format, bidderId: string | null, nowMs: number): Buffer;
}

export interface Written {
  readonly bytes: Buffer;
  readonly at: number;
}

/**
 * Messages of one lot, or of one auction, that follow each other. The bytes for everybody whom they do not concern in person are made
 * once and shared.
 */
export class MessageBatch implements Outgoing {
  readonly lotId: string | null;
  readonly auctionId: string;
  private readonly written = new Map<string, Written>();
  private readonly only: string | null;

  constructor(readonly messages: readonly [PushMessage, ...PushMessage[]]) {
    const [first] = messages;
    this.lotId = first.lotId;
    this.auctionId = first.auctionId;
    this.only = first.only;
  }

  get length(): number {
    return this.messages.length;
  }

  /** False when it is for another bidder alone. */
  isFor(bidderId: string | null): boolean {
    return this.only === null || this.only === bidderId;
  }

  bytes(format: Format, bidderId: string | null, nowMs: number): Buffer {
    const who = bidderId !== null && this.concerns(bidderId) ? bidderId : null;
    const key = who === null ? format : `${format} ${who}`;
    const known = this.written.get(key);
    if (known !== undefined && nowMs - known.at < FRESH_MS) return known.bytes;
    const bytes = this.write(format, who, toIso(nowMs));
    this.written.set(key, { bytes, at: nowMs });
    return bytes;
  }

  private concerns(bidderId: string): boolean {
    return this.messages.some(({ marks }) => marks?.has(bidderId));
  }

  private write(format: Format, who: string | null, now: string): Buffer {
    const frames = this.messages.map((message) =>
      framed(format, message.write(who, now), message.type, message.position),
    );
    return frames.length === 1 ? (frames[0] as Buffer) : Buffer.concat(frames);
  }
}

/** What is for one bidder alone does not travel with what is for all. */
export function inBatches(messages: readonly PushMessage[]): MessageBatch[] {
  const batches: [PushMessage, ...PushMessage[]][] = [];
  for (const message of messages) {
    const last = batches.at(-1);
    const together =
      last !== undefined &&
      last.length < BATCH_MESSAGES &&
      last[0].auctionId === message.auctionId &&
      last[0].lotId === message.lotId &&
      last[0].only === message.only;
    if (together) last.push(message);
    else batches.push([message]);
  }
  return batches.map((batch) => new MessageBatch(batch));
}
