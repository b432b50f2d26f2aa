import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { EpochMs } from '#contracts/time.js';
import type { Position } from '#event-store/event-store.js';

/** Where somebody is in the feed. */
export interface Place {
  /** The last event that was answered or passed over; null: none. */
  readonly position: Position | null;
  /** Of the id of that event, which tells it from one that another past has at its position; null: it is not known. */
  readonly digest: string | null;
  /** Events before this time are passed over until the first that is not; null: none is. */
  readonly since: EpochMs | null;
}

const MAC_BYTES = 12;
/** Cursors of before there were digests have none. */
const FORM = /^(|0|[1-9]\d{0,19}):(|\d{1,16})(?::([\w-]{8}))?$/;

export const digestOf = (eventId: string): string =>
  createHash('sha256').update(eventId).digest('base64url').slice(0, 8);

/** A place as the opaque text that callers hand back, with a digest under the server's key: nobody makes one up. */
export class Cursors {
  constructor(private readonly key: string) {}

  encode({ position, since, digest }: Place): string {
    const text = `${position ?? ''}:${since ?? ''}${digest === null ? '' : `:${digest}`}`;
    return Buffer.concat([this.mac(text), Buffer.from(text)]).toString('base64url');
  }

  /** Null for a text that is no cursor of this server. */
  decode(cursor: string): Place | null {
    const bytes = Buffer.from(cursor, 'base64url');
    const text = bytes.subarray(MAC_BYTES).toString('latin1');
    const [whole, position, since, digest = null] = FORM.exec(text) ?? [];
    // The one text of these bytes: a cursor has no second spelling.
    if (whole === undefined || bytes.toString('base64url') !== cursor) return null;
    if (!timingSafeEqual(this.mac(text), bytes.subarray(0, MAC_BYTES))) return null;
    return { position: position || null, since: since ? Number(since) : null, digest };
  }

  private mac(text: string): Buffer {
    return createHmac('sha256', this.key).update(text).digest().subarray(0, MAC_BYTES);
  }
}
