import { LRUCache } from 'lru-cache';
import type { ReadModel } from '#read-models/read-model.js';
import type { KeyRow } from '#read-models/rows.js';
import { digestOf, matches, parseApiKey } from './api-key.js';
import type { Principal } from './principal.js';

const CACHED_KEYS = 10_000;
const ADMIN: Principal = { role: 'admin', subject: 'admin' };

/** Knows the principal behind an API key. */
export class KeyRing {
  private readonly cache = new LRUCache<string, KeyRow>({ max: CACHED_KEYS });
  private readonly adminDigest: string;

  constructor(
    private readonly keys: ReadModel<KeyRow>,
    adminKey: string,
  ) {
    this.adminDigest = digestOf(adminKey);
    keys.onCommitted((events) => {
      for (const event of events) if (event.type === 'KeyRevoked') this.cache.delete(event.data.keyId);
    });
  }

  /** Null when the key is malformed, unknown, wrong or revoked: the caller is not told which. */
  principalOf(key: string): Principal | null {
    const parsed = parseApiKey(key);
    const row = parsed && (this.cache.get(parsed.keyId) ?? this.read(parsed.keyId));
    if (parsed === null || row === null) return matches(key, this.adminDigest) ? ADMIN : null;
    if (!matches(parsed.secret, row.digest) || row.revoked) return null;
    return { role: row.role, subject: row.subject, auctionIds: row.auctionIds };
  }

  private read(keyId: string): KeyRow | null {
    const row = this.keys.get(keyId);
    if (row !== null) this.cache.set(keyId, row);
    return row;
  }
}
