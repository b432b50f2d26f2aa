import { errors, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import { Compile } from 'typebox/compile';
import { Subject } from '#contracts/ids.js';
import { digestOf } from './api-key.js';
import { IssuerKeys } from './issuer-keys.js';
import type { Principal } from './principal.js';

const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];
const VERIFIED_TOKENS = 10_000;
/** A verified token is trusted so long without asking again, milliseconds; never past its own expiry. */
const TRUST_MS = 60_000;
const isSubject = Compile(Subject);

/** Knows the bidder behind a JSON Web Token, by the issuer's published keys. */
export class BidderTokens {
  private readonly keys: IssuerKeys;
  private readonly verified = new LRUCache<string, Principal>({ max: VERIFIED_TOKENS });

  constructor(private readonly settings: { jwksUrl: string; issuer: string; audience: string }) {
    this.keys = new IssuerKeys(settings.jwksUrl);
  }

  /** Null when the token is not valid. Throws a 503 when the issuer's keys cannot be had. */
  async principalOf(token: string): Promise<Principal | null> {
    const id = digestOf(token);
    const known = this.verified.get(id);
    if (known !== undefined) return known;
    try {
      const { issuer, audience } = this.settings;
      const { payload } = await jwtVerify(token, this.keys.keyOf, {
        issuer,
        audience,
        algorithms: ALGORITHMS,
        requiredClaims: ['sub', 'exp'],
      });
      if (!isSubject.Check(payload.sub)) return null;
      const expiresAt = (payload.exp ?? 0) * 1000;
      const principal: Principal = { role: 'bidder', subject: payload.sub, expiresAt };
      const leftMs = expiresAt - Date.now();
      if (leftMs > 0) this.verified.set(id, principal, { ttl: Math.min(TRUST_MS, leftMs) });
      return principal;
    } catch (error) {
      if (error instanceof errors.JOSEError) return null;
      throw error;
    }
  }
}
