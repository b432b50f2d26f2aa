import { createLocalJWKSet, createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import { unavailable } from '../http/problems.js';

/** An issuer that did not answer is not asked again for so long, milliseconds: tokens are free to make up. */
const AWAY_MS = 5_000;
const SETTINGS = { timeoutDuration: 5_000, cooldownDuration: 5_000, cacheMaxAge: 600_000 };

/**
 * The published keys of a token issuer. They are fetched again when they are ten minutes old, so that a withdrawn one ends, and for a
 * key that is not among them. While the issuer is away those that are known serve on until then: whoever sends a token of a key
 * that does not exist keeps nobody out.
 */
export class IssuerKeys {
  private readonly published: ReturnType<typeof createRemoteJWKSet>;
  private awayUntil = 0;

  constructor(url: string) {
    this.published = createRemoteJWKSet(new URL(url), SETTINGS);
  }

  /** For `jwtVerify`. Throws what jose throws for a token that no key fits, and a 503 when the keys cannot be had. */
  readonly keyOf: JWTVerifyGetKey = async (header, token) => {
    if (Date.now() < this.awayUntil) return this.knownKey(header, token);
    try {
      return await this.published(header, token);
    } catch (error) {
      if (!isUnreachable(error)) throw error;
      this.awayUntil = Date.now() + AWAY_MS;
      return this.knownKey(header, token);
    }
  };

  private readonly knownKey: JWTVerifyGetKey = async (header, token) => {
    const known = this.published.fresh ? this.published.jwks() : undefined;
    if (known === undefined) throw issuerUnavailable();
    try {
      return await createLocalJWKSet(known)(header, token);
    } catch (error) {
      // The issuer may have this key by now.
      const isTold = error instanceof errors.JOSEError && !(error instanceof errors.JWKSNoMatchingKey);
      throw isTold ? error : issuerUnavailable();
    }
  };
}

const issuerUnavailable = () =>
  unavailable('issuer-unavailable', 'The keys of the token issuer cannot be had.', AWAY_MS / 1000);

/** The keys could not be fetched, or what came is none: the token may well be right. */
const isUnreachable = (error: unknown): boolean =>
  !(error instanceof errors.JOSEError) ||
  error instanceof errors.JWKSTimeout ||
  error instanceof errors.JWKSInvalid ||
  error.code === errors.JOSEError.code;
