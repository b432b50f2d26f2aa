import type { LotNow, ServerMessage, You } from '#contracts/push/server-messages.js';
import type { Position } from '#event-store/event-store.js';

export interface MessageParts {
  readonly type: ServerMessage['type'];
  readonly eventId?: string;
  readonly lotId: string | null;
  readonly auctionId: string;
  readonly position: Position;
  readonly closesAt: string | null;
  readonly reason?: string;
  readonly data: object;
  readonly lot?: LotNow | null;
}

/** What a message means for single bidders, by who they are. */
export type Marks = ReadonlyMap<string, You>;

/**
 * A message of the feed: written once for all, and once more for each bidder whom it concerns in person. Not before somebody wants it:
 * most lots have no subscriber at most times.
 */
export class PushMessage {
  readonly type: ServerMessage['type'];
  readonly lotId: string | null;
  readonly auctionId: string;
  readonly position: Position;
  /** The message, and once it was written its JSON without the last brace. */
  private content: MessageParts | string;

  constructor(
    parts: MessageParts,
    readonly marks: Marks | null = null,
    /** The only bidder who gets it; null: everybody. */
    readonly only: string | null = null,
  ) {
    this.type = parts.type;
    this.lotId = parts.lotId;
    this.auctionId = parts.auctionId;
    this.position = parts.position;
    this.content = parts;
  }

  /** JSON, as this bidder gets it (null: anybody else). `now`: ISO 8601. */
  write(bidderId: string | null, now: string): string {
    const you = bidderId === null ? undefined : this.marks?.get(bidderId);
    const personal = you === undefined ? '' : `,"you":${JSON.stringify(you)}`;
    return `${this.text()},"serverTime":"${now}"${personal}}`;
  }

  private text(): string {
    if (typeof this.content !== 'string') this.content = JSON.stringify(this.content).slice(0, -1);
    return this.content;
  }
}
