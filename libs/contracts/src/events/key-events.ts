import Type, { type Static } from 'typebox';
import { Id, Subject } from '../ids.js';
import { Literals } from '../literals.js';
import { defineEvent, type EventOf } from './define-event.js';

export const Role = Literals(['admin', 'auctioneer', 'bidder', 'partner'], {
  description: 'What the key may do',
});
export type Role = Static<typeof Role>;

const KeyId = Id('The API key; says nothing of its secret');

export const KeyIssued = defineEvent({
  type: 'KeyIssued',
  stream: 'key',
  meaning: 'An API key was made; only a digest of its secret is kept.',
  data: {
    keyId: KeyId,
    role: Role,
    subject: Subject,
    digest: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256 of the secret, hexadecimal' }),
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
