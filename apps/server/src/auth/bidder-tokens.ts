import { createRemoteJWKSet, errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import { Compile } from 'typebox/compile';
import { Subject } from '#contracts/ids.js';
import { unavailable } from '../http/problems.js';
import { digestOf } from './api-key.js';
import type { Principal } from './principal.js';

const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];
const VERIFIED_TOKENS = 10_000;
/** A verified token is trusted so long without asking again, milliseconds; never past its own expiry. */
const TRUST_MS = 60_000;
/** An issuer that did not answer is not asked again for so long, milliseconds: tokens are free to make up. */
const AWAY_MS = 5_000;
const isSubject = Compile(Subject);

/** Knows the bidder behind a JSON Web Token, by the issuer's published keys. */
export class BidderTokens {
  private readonly keySet: JWTVerifyGetKey;
  private readonly verified = new LRUCache<string, Principal>({ max: VERIFIED_TOKENS });

  private awayUntil = 0;

  constructor(private readonly settings: { jwksUrl: string; issuer: string; audience: string }) {
    this.keySet = createRemoteJWKSet(new URL(settings.jwksUrl), { timeoutDuration: 5_000, cooldownDuration: 5_000 });
  }

  /** Null when the token is not valid. Throws a 503 when the issuer's keys cannot be had. */
  async principalOf(token: string): Promise<Principal | null> {
    const id = digestOf(token);
    const known = this.verified.get(id);
    if (known !== undefined) return known;
    if (Date.now() < this.awayUntil) throw issuerUnavailable();
    try {
      const { issuer, audience } = this.settings;
      const { payload } = await jwtVerify(token, this.keySet, {
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
      if (error instanceof errors.JOSEError && !isUnreachable(error)) return null;
      this.awayUntil = Date.now() + AWAY_MS;
      throw issuerUnavailable();
    }
  }
}

const issuerUnavailable = () =>
  unavailable('issuer-unavailable', 'The keys of the token issuer cannot be had.', AWAY_MS / 1000);

/** The key set could not be fetched: the token may well be right. */
const isUnreachable = (error: errors.JOSEError): boolean =>
  error instanceof errors.JWKSTimeout || error.code === 'ERR_JOSE_GENERIC';
