import { assertNever } from '#contracts/assert-never.js';
import type { DisableReason, WebhookEvent } from '#contracts/events/webhook-events.js';
import type { EpochMs } from '#contracts/time.js';
import { accepted, type Decider, type Decision, refused, unchanged } from '../decider.js';

/** For how long deliveries are signed with the secret before the newest one as well. */
const BOTH_SECRETS_MS = 24 * 3_600_000;

export interface Subscribe {
  readonly type: 'Subscribe';
  readonly webhookId: string;
  readonly partner: string;
  readonly url: string;
  readonly eventTypes: readonly string[] | null;
  readonly auctionIds: readonly string[] | null;
  readonly at: EpochMs;
}

/** Of a partner; a subscription of another one does not exist for it. */
export interface ChangeSubscription {
  readonly type: 'RotateSecret' | 'Enable' | 'Delete';
  readonly partner: string;
  readonly at: EpochMs;
}

/** Of Gavel itself. */
export interface Disable {
  readonly type: 'Disable';
  readonly reason: DisableReason;
  readonly detail: string;
  readonly at: EpochMs;
}

export type WebhookCommand = Subscribe | ChangeSubscription | Disable;

export type WebhookState =
  | { readonly phase: 'not-subscribed' }
  | { readonly phase: 'deleted'; readonly partner: string }
  | {
      readonly phase: 'active' | 'disabled';
      readonly webhookId: string;
      readonly partner: string;
      readonly generation: number;
    };

function decide(command: WebhookCommand, state: WebhookState): Decision<WebhookEvent> {
  if (command.type === 'Subscribe') return state.phase === 'not-subscribed' ? subscribe(command) : unchanged;
  if (state.phase === 'not-subscribed') return refused({ code: 'webhook-not-found' });
  const { partner } = state;
  if (command.type !== 'Disable' && command.partner !== partner) return refused({ code: 'webhook-not-found' });
  if (state.phase === 'deleted') {
    return command.type === 'Delete' ? unchanged : refused({ code: 'webhook-not-found' });
  }
  const { webhookId } = state;
  const { at } = command;
  if (command.type === 'Disable') {
    if (state.phase === 'disabled') return unchanged;
    const { reason, detail } = command;
    return accepted({ type: 'WebhookDisabled', data: { webhookId, partner, reason, detail, disabledAt: at } });
  }
  switch (command.type) {
    case 'RotateSecret': {
      const data = {
        webhookId,
        partner,
        generation: state.generation + 1,
        previousUntil: at + BOTH_SECRETS_MS,
        rotatedAt: at,
      };
      return accepted({ type: 'WebhookSecretRotated', data });
    }
    case 'Enable':
      if (state.phase === 'active') return unchanged;
      return accepted({ type: 'WebhookEnabled', data: { webhookId, partner, enabledAt: at } });
    case 'Delete':
      return accepted({ type: 'WebhookDeleted', data: { webhookId, partner } });
    default:
      return assertNever(command);
  }
}

function subscribe({ type: _, at, eventTypes, auctionIds, ...rest }: Subscribe): Decision<WebhookEvent> {
  const data = {
    ...rest,
    eventTypes: eventTypes && [...eventTypes],
    auctionIds: auctionIds && [...auctionIds],
    subscribedAt: at,
  };
  return accepted({ type: 'WebhookSubscribed', data });
}

function evolve(state: WebhookState, event: WebhookEvent): WebhookState {
  if (event.type === 'WebhookSubscribed') {
    const { webhookId, partner } = event.data;
    return { phase: 'active', webhookId, partner, generation: 1 };
  }
  if (state.phase === 'not-subscribed' || state.phase === 'deleted') {
    throw new Error(`${event.type} stands where there is no subscription`);
  }
  switch (event.type) {
    case 'WebhookSecretRotated':
      return { ...state, generation: event.data.generation };
    case 'WebhookDisabled':
      return { ...state, phase: 'disabled' };
    case 'WebhookEnabled':
      return { ...state, phase: 'active' };
    case 'WebhookDeleted':
      return { phase: 'deleted', partner: state.partner };
    default:
      return assertNever(event);
  }
}

export const webhookDecider: Decider<WebhookState, WebhookCommand, WebhookEvent> = {
  initial: { phase: 'not-subscribed' },
  decide,
  evolve,
};
