import { assertNever } from '#contracts/assert-never.js';
import type { KeyEvent, Role } from '#contracts/events/key-events.js';
import { accepted, type Decider, type Decision, refused, unchanged } from '../decider.js';

export interface IssueKey {
  readonly type: 'IssueKey';
  readonly keyId: string;
  readonly role: Role;
  readonly subject: string;
  /** SHA-256 of the secret, hexadecimal. */
  readonly digest: string;
  /** Of a partner: the auctions that the key is limited to; null: all. */
  readonly auctionIds: readonly string[] | null;
}

export interface RevokeKey {
  readonly type: 'RevokeKey';
}

export type KeyCommand = IssueKey | RevokeKey;
/** An API key as its stream tells it; the digest of its secret is for the read model alone. */
export type KeyState =
  | { readonly phase: 'not-issued' }
  | { readonly phase: 'valid' | 'revoked'; readonly keyId: string; readonly role: Role; readonly subject: string };

function decide(command: KeyCommand, state: KeyState): Decision<KeyEvent> {
  switch (command.type) {
    case 'IssueKey': {
      if (state.phase !== 'not-issued') return unchanged;
      const { type: _, auctionIds, ...data } = command;
      return accepted({ type: 'KeyIssued', data: { ...data, auctionIds: auctionIds && [...auctionIds] } });
    }
    case 'RevokeKey':
      if (state.phase === 'not-issued') return refused({ code: 'key-not-found' });
      if (state.phase === 'revoked') return unchanged;
      return accepted({ type: 'KeyRevoked', data: { keyId: state.keyId } });
    default:
      return assertNever(command);
  }
}

function evolve(state: KeyState, event: KeyEvent): KeyState {
  if (event.type === 'KeyIssued') {
    const { keyId, role, subject } = event.data;
    return { phase: 'valid', keyId, role, subject };
  }
  if (state.phase === 'not-issued') throw new Error(`${event.type} stands before KeyIssued`);
  return { ...state, phase: 'revoked' };
}

export const keyDecider: Decider<KeyState, KeyCommand, KeyEvent> = { initial: { phase: 'not-issued' }, decide, evolve };
