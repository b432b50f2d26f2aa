import { auctionDecider } from '#auction/auction/auction-decider.js';
import { lotDecider } from '#auction/lot/lot-decider.js';
import { vehicleDecider } from '#auction/vehicle/vehicle-decider.js';
import type { GavelEvent } from '#contracts/events/catalogue.js';
import type { EventDefinition } from '#contracts/events/define-event.js';
import type { KeyEvent, Role } from '#contracts/events/key-events.js';
import type { RecordedEvent } from '#event-store/event-store.js';

export type StreamKind = EventDefinition['stream'];

/** A stored event, as the catalogue types it. */
export type StoredEvent = RecordedEvent & GavelEvent;

/** How the state of one kind of stream follows from its events. */
export interface Fold<State extends object = object> {
  readonly initial: State;
  /** Throws for an event that cannot stand where it stands. */
  evolve(state: State, event: GavelEvent): State;
}

/** An API key as its stream tells it; never its digest. */
export type KeyState =
  | { readonly phase: 'not-issued' }
  | { readonly phase: 'valid' | 'revoked'; readonly keyId: string; readonly role: Role; readonly subject: string };

const keyFold = {
  initial: { phase: 'not-issued' } as KeyState,
  evolve(state: KeyState, event: KeyEvent): KeyState {
    if (event.type === 'KeyIssued') {
      const { keyId, role, subject } = event.data;
      return { phase: 'valid', keyId, role, subject };
    }
    if (state.phase === 'not-issued') throw new Error(`${event.type} stands before KeyIssued`);
    return { ...state, phase: 'revoked' };
  },
};

const folds: Record<StreamKind, unknown> = {
  auction: auctionDecider,
  lot: lotDecider,
  vehicle: vehicleDecider,
  key: keyFold,
};

/** What kind of stream a name is of; null for a name that no stream of Gavel has. */
export function kindOf(stream: string): StreamKind | null {
  const [, kind] = /^(auction|lot|vehicle|key)-./.exec(stream) ?? [];
  return (kind ?? null) as StreamKind | null;
}

/** Each fold only ever sees events of its own kind of stream: `definitionOf(type).stream` says which. */
export const foldOf = (kind: StreamKind): Fold => folds[kind] as Fold;
