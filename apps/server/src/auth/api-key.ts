import { createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto';

const PREFIX = 'gvl_';
const SECRET_BYTES = 32;
const FORM = /^gvl_[0-9a-f]{32}_[A-Za-z0-9_-]{43}$/;

/** SHA-256, hexadecimal. The secret has 256 random bits, so a slow hash would add nothing but a way to exhaust the server. */
export const digestOf = (secret: string): string => hash('sha256', secret);

/** Secrets of keys that are asked for under an idempotency key (ADR 0007): the repeat gets the same, and it is kept nowhere. */
export class KeySecrets {
  constructor(private readonly key: string) {}

  /** In the form of `randomSecret`. */
  of(keyId: string): string {
    return createHmac('sha256', this.key).update(keyId).digest('base64url');
  }
}

/** 256 bits in base64url. */
export const randomSecret = (): string => randomBytes(SECRET_BYTES).toString('base64url');

/** A new key `gvl_<id>_<secret>` for the id of a key; only the digest of the secret is to be kept. */
export function makeApiKey(keyId: string, secret = randomSecret()): { key: string; digest: string } {
  return { key: `${PREFIX}${keyId.replaceAll('-', '')}_${secret}`, digest: digestOf(secret) };
}

/** The id in a key as it stands there, without hyphens; of anything else some other text. */
export const digitsOf = (key: string): string => key.slice(4, 36);

/** The parts of a well-formed key; null for anything else. */
export function parseApiKey(key: string): { keyId: string; secret: string } | null {
  if (!FORM.test(key)) return null;
  const keyId = [key.slice(4, 12), key.slice(12, 16), key.slice(16, 20), key.slice(20, 24), key.slice(24, 36)].join(
    '-',
  );
  return { keyId, secret: key.slice(37) };
}

/** Checks keys against one digest, each in a time that does not depend on how much of it is right. */
export class KeyCheck {
  readonly #digest: Buffer;
  readonly #secretIn: (key: string) => string | null;
  /** The key itself, once somebody has shown it: it need not be taken apart and digested again for every request. */
  #key: Buffer | null = null;

  /** `digest`: hexadecimal, of what `secretIn` finds in a key. */
  constructor(digest: string, secretIn: (key: string) => string | null) {
    this.#digest = Buffer.from(digest, 'hex');
    this.#secretIn = secretIn;
  }

  matches(key: string): boolean {
    const shown = Buffer.from(key);
    if (this.#key !== null) return shown.length === this.#key.length && timingSafeEqual(shown, this.#key);
    const secret = this.#secretIn(key);
    if (secret === null || !timingSafeEqual(Buffer.from(digestOf(secret), 'hex'), this.#digest)) return false;
    this.#key = shown;
    return true;
  }
}
