import type { IncomingMessage } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { ProblemAnswer } from '../http/problems.js';
import type { Access } from '../http/route.js';
import type { BidderTokens } from './bidder-tokens.js';
import type { KeyRing, MayLook } from './key-ring.js';
import { mayCall, type Principal } from './principal.js';

const BEARER = /^Bearer +([^\s]+) *$/i;
const TOKEN = /^[\w-]+\.[\w-]+\.[\w-]+$/;
const MAX_CREDENTIAL = 8_192;

type WithHeaders = Pick<IncomingMessage, 'headers'>;

/** Null without a valid credential; a promise only where a token must be verified. */
export type Identified = Principal | null | Promise<Principal | null>;

/** Finds out who calls, from `X-API-Key` or `Authorization: Bearer`. Null without a valid credential. */
export class Authentication {
  constructor(
    private readonly keyRing: KeyRing,
    private readonly tokens: BidderTokens | null,
  ) {}

  /** Rejects as `mayLook` does, which is asked about a key that is not known here. */
  identify(request: WithHeaders, mayLook: MayLook): Identified {
    return this.identifyBy(credentialOf(request), mayLook);
  }

  /** As `identify`, with the credential itself. Without `mayLook` for one that was good before. */
  identifyBy(credential: string | null, mayLook?: MayLook): Identified {
    if (credential === null || credential.length > MAX_CREDENTIAL) return null;
    if (this.tokens !== null && TOKEN.test(credential)) return this.tokens.principalOf(credential);
    return this.keyRing.principalOf(credential, mayLook);
  }
}

/** The credential that a request carries; null: none that is well formed. */
export function credentialOf(request: WithHeaders): string | null {
  const key = request.headers['x-api-key'];
  if (typeof key === 'string') return key;
  return BEARER.exec(request.headers.authorization ?? '')?.[1] ?? null;
}

/** Lets the caller in or throws 401 or 403. */
export function admit(request: FastifyRequest, access: Access, principal: Principal | null): void {
  if (principal === null) throw new ProblemAnswer(401, 'unauthenticated', 'Send a valid API key or token.');
  request.principal = principal;
  if (!mayCall(access, principal)) throw new ProblemAnswer(403, 'forbidden', `This takes the role ${access}.`);
}
