import { createHmac, timingSafeEqual } from 'node:crypto';
import type { EpochMs } from '#contracts/time.js';
import type { Position } from '#event-store/event-store.js';

/** Where somebody is in the feed. */
export interface Place {
  /** The last event that was answered or passed over; null: none. */
  readonly position: Position | null;
  /** Events before this time are passed over until the first that is not; null: none is. */
  readonly since: EpochMs | null;
}

const MAC_BYTES = 12;
const FORM = /^(|0|[1-9]\d{0,19}):(|\d{1,16})$/;

/** A place as the opaque text that callers hand back, with a digest under the server's key: nobody makes one up. */
export class Cursors {
  constructor(private readonly key: string) {}

  encode({ position, since }: Place): string {
    const text = `${position ?? ''}:${since ?? ''}`;
    return Buffer.concat([this.mac(text), Buffer.from(text)]).toString('base64url');
  }

  /** Null for a text that is no cursor of this server. */
  decode(cursor: string): Place | null {
    const bytes = Buffer.from(cursor, 'base64url');
    const text = bytes.subarray(MAC_BYTES).toString('latin1');
    const [whole, position, since] = FORM.exec(text) ?? [];
    // The one text of these bytes: a cursor has no second spelling.
    if (whole === undefined || bytes.toString('base64url') !== cursor) return null;
    if (!timingSafeEqual(this.mac(text), bytes.subarray(0, MAC_BYTES))) return null;
    return { position: position || null, since: since ? Number(since) : null };
  }

  private mac(text: string): Buffer {
    return createHmac('sha256', this.key).update(text).digest().subarray(0, MAC_BYTES);
  }
}
