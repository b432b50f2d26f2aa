import { createHmac } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { AliasOf } from '#contracts/public-events/public-event-of.js';

/** 128 bits of the digest: two bidders share an alias with a chance that nobody will live to see. */
const BYTES = 16;
/** Who bids, bids again, and everything that is shown of a bid names its bidder: a digest costs twenty times as much as a look-up. */
const REMEMBERED = 10_000;

/**
 * What stands for bidders outside: HMAC-SHA256 of auction and bidder under a key that never leaves. Without the key nobody can tell
 * whose alias it is, nor that two aliases of different auctions are one bidder's.
 */
export class BidderAliases {
  private readonly known = new LRUCache<string, string>({ max: REMEMBERED });

  constructor(private readonly key: string) {}

  /** `bidder-` and 22 characters of base64url. */
  readonly of: AliasOf = (bidderId, auctionId) => {
    // The id of an auction has a fixed length, so that no other pair makes the same text.
    const pair = `${auctionId}/${bidderId}`;
    const known = this.known.get(pair);
    if (known !== undefined) return known;
    const digest = createHmac('sha256', this.key).update(pair).digest();
    const alias = `bidder-${digest.toString('base64url', 0, BYTES)}`;
    this.known.set(pair, alias);
    return alias;
  };
}
