import { accepted, type Decider, type Decision, refused, unchanged } from '#auction/decider.js';
import { assertNever } from '#contracts/assert-never.js';
import type { KeyEvent, Role } from '#contracts/events/key-events.js';

export interface IssueKey {
  readonly type: 'IssueKey';
  readonly keyId: string;
  readonly role: Role;
  readonly subject: string;
  /** SHA-256 of the secret, hexadecimal. */
  readonly digest: string;
}

export interface RevokeKey {
  readonly type: 'RevokeKey';
}

export type KeyCommand = IssueKey | RevokeKey;
export type KeyState =
  | { readonly phase: 'not-issued' }
  | { readonly phase: 'valid' | 'revoked'; readonly keyId: string };

function decide(command: KeyCommand, state: KeyState): Decision<KeyEvent> {
  switch (command.type) {
    case 'IssueKey': {
      if (state.phase !== 'not-issued') return unchanged;
      const { type: _, ...data } = command;
      return accepted({ type: 'KeyIssued', data });
    }
    case 'RevokeKey':
      if (state.phase === 'not-issued') return refused({ code: 'key-not-found' });
      if (state.phase === 'revoked') return unchanged;
      return accepted({ type: 'KeyRevoked', data: { keyId: state.keyId } });
    default:
      return assertNever(command);
  }
}

function evolve(_: KeyState, event: KeyEvent): KeyState {
  const { keyId } = event.data;
  return { phase: event.type === 'KeyIssued' ? 'valid' : 'revoked', keyId };
}

export const keyDecider: Decider<KeyState, KeyCommand, KeyEvent> = { initial: { phase: 'not-issued' }, decide, evolve };
