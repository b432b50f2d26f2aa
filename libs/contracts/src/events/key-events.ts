import Type, { type Static } from 'typebox';
import { AuctionId, Id, Subject } from '../ids.js';
import { Literals } from '../literals.js';
import { nullOr } from '../null-or.js';
import { defineEvent, type EventOf } from './define-event.js';

export const Role = Literals(['admin', 'auctioneer', 'bidder', 'partner'], {
  description: 'What the key may do',
});
export type Role = Static<typeof Role>;

/** Auctions that a partner's key is limited to. */
export const AuctionScope = Type.Array(AuctionId, { minItems: 1, maxItems: 100 });
export type AuctionScope = Static<typeof AuctionScope>;

const KeyId = Id('The API key; says nothing of its secret');

export const KeyIssued = defineEvent({
  type: 'KeyIssued',
  stream: 'key',
  version: 2,
  // Version 1 knew no scope.
  upcasters: [(data) => ({ ...(data as object), auctionIds: null })],
  meaning: 'An API key was made; only a digest of its secret is kept.',
  data: {
    keyId: KeyId,
    role: Role,
    subject: Subject,
    digest: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256 of the secret, hexadecimal' }),
    auctionIds: nullOr(AuctionScope),
  },
});

export const KeyRevoked = defineEvent({
  type: 'KeyRevoked',
  stream: 'key',
  meaning: 'An API key is no longer valid.',
  data: { keyId: KeyId },
});

export const keyEvents = [KeyIssued, KeyRevoked] as const;
export type KeyEvent = EventOf<(typeof keyEvents)[number]>;
