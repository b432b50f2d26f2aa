import { LRUCache } from 'lru-cache';
import type { ReadModel } from '#read-models/read-model.js';
import type { KeyRow } from '#read-models/rows.js';
import { digestOf, digitsOf, KeyCheck, parseApiKey } from './api-key.js';
import { Coalesced } from './coalesced.js';
import type { Principal } from './principal.js';

const CACHED_KEYS = 10_000;
/** Throws to keep a caller from asking the store about a key that is not known here. */
export type MayLook = () => void;

const anybody: MayLook = () => undefined;
const ADMIN: Principal = { role: 'admin', subject: 'admin' };

/** A key that is in use, as every request needs it. */
interface KnownKey {
  readonly principal: Principal;
  readonly check: KeyCheck;
  readonly revoked: boolean;
}

/** Knows the principal behind an API key. */
export class KeyRing {
  /** By the digits of their ids. */
  private readonly cache = new LRUCache<string, KnownKey>({ max: CACHED_KEYS });
  private readonly admin: KeyCheck;
  private readonly look: Coalesced;

  constructor(
    private readonly keys: ReadModel<KeyRow>,
    adminKey: string,
    /** Waits for what is stored now, bounded: another instance may have issued a key a moment ago. */
    caughtUp: () => Promise<void> = () => Promise.resolve(),
  ) {
    this.admin = new KeyCheck(digestOf(adminKey), (key) => key);
    this.look = new Coalesced(caughtUp);
    keys.onCommitted((events) => {
      for (const event of events)
        if (event.type === 'KeyRevoked') this.cache.delete(event.data.keyId.replaceAll('-', ''));
    });
  }

  /**
   * Null when the key is malformed, unknown, wrong or revoked: the caller is not told which. Keys are free to make up: those that are
   * unknown share a look at the store, after `mayLook`, with whose reason it rejects.
   */
  principalOf(key: string, mayLook: MayLook = anybody): Principal | null | Promise<Principal | null> {
    const known = this.cache.get(digitsOf(key)) ?? this.read(key);
    if (known !== null) return holder(known, key);
    if (this.admin.matches(key)) return ADMIN;
    return parseApiKey(key) && this.lookFor(key, mayLook);
  }

  private async lookFor(key: string, mayLook: MayLook): Promise<Principal | null> {
    mayLook();
    await this.look.run();
    return holder(this.read(key), key);
  }

  private read(key: string): KnownKey | null {
    const parsed = parseApiKey(key);
    const row = parsed && this.keys.get(parsed.keyId);
    if (row === null) return null;
    const { role, subject, auctionIds, digest, revoked } = row;
    const check = new KeyCheck(digest, (shown) => parseApiKey(shown)?.secret ?? null);
    const known = { principal: { role, subject, auctionIds }, check, revoked };
    this.cache.set(digitsOf(key), known);
    return known;
  }
}

function holder(known: KnownKey | null, key: string): Principal | null {
  if (known === null || known.revoked) return null;
  return known.check.matches(key) ? known.principal : null;
}
