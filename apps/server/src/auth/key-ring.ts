import { LRUCache } from 'lru-cache';
import type { ReadModel } from '#read-models/read-model.js';
import type { KeyRow } from '#read-models/rows.js';
import { digestOf, parseApiKey, SecretCheck } from './api-key.js';
import type { Principal } from './principal.js';

const CACHED_KEYS = 10_000;
const ADMIN: Principal = { role: 'admin', subject: 'admin' };

/** A key that is in use, as every request needs it. */
interface KnownKey {
  readonly principal: Principal;
  readonly secret: SecretCheck;
  readonly revoked: boolean;
}

/** Knows the principal behind an API key. */
export class KeyRing {
  private readonly cache = new LRUCache<string, KnownKey>({ max: CACHED_KEYS });
  private readonly admin: SecretCheck;

  constructor(
    private readonly keys: ReadModel<KeyRow>,
    adminKey: string,
    /** Waits for what is stored now, bounded: another instance may have issued a key a moment ago. */
    private readonly caughtUp: () => Promise<void> = () => Promise.resolve(),
  ) {
    this.admin = new SecretCheck(digestOf(adminKey));
    keys.onCommitted((events) => {
      for (const event of events) if (event.type === 'KeyRevoked') this.cache.delete(event.data.keyId);
    });
  }

  /** Null when the key is malformed, unknown, wrong or revoked: the caller is not told which. */
  principalOf(key: string): Principal | null | Promise<Principal | null> {
    const parsed = parseApiKey(key);
    const known = parsed && (this.cache.get(parsed.keyId) ?? this.read(parsed.keyId));
    if (known !== null) return holder(known, parsed?.secret ?? '');
    if (this.admin.matches(key)) return ADMIN;
    return parsed && this.caughtUp().then(() => holder(this.read(parsed.keyId), parsed.secret));
  }

  private read(keyId: string): KnownKey | null {
    const row = this.keys.get(keyId);
    if (row === null) return null;
    const { role, subject, auctionIds, digest, revoked } = row;
    const known = { principal: { role, subject, auctionIds }, secret: new SecretCheck(digest), revoked };
    this.cache.set(keyId, known);
    return known;
  }
}

function holder(known: KnownKey | null, secret: string): Principal | null {
  if (known === null || known.revoked) return null;
  return known.secret.matches(secret) ? known.principal : null;
}
