import { keyDecider } from '#auction/access/key-decider.js';
import { auctionDecider } from '#auction/auction/auction-decider.js';
import { lotDecider } from '#auction/lot/lot-decider.js';
import { vehicleDecider } from '#auction/vehicle/vehicle-decider.js';
import { webhookDecider } from '#auction/webhooks/webhook-decider.js';
import type { GavelEvent } from '#contracts/events/catalogue.js';
import type { EventDefinition } from '#contracts/events/define-event.js';
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

const folds: Record<StreamKind, unknown> = {
  auction: auctionDecider,
  lot: lotDecider,
  vehicle: vehicleDecider,
  key: keyDecider,
  webhook: webhookDecider,
};

const names: Record<StreamKind, string> = {
  lot: 'lot-<id>',
  auction: 'auction-<id>',
  vehicle: 'vehicle-<VIN>',
  key: 'key-<id>',
  webhook: 'webhook-<id>',
};
const KIND = new RegExp(`^(${Object.keys(names).join('|')})-.`);

/** The names that streams have, in words. */
export const STREAM_NAMES = new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(Object.values(names));

/** What kind of stream a name is of; null for a name that no stream of Gavel has. */
export function kindOf(stream: string): StreamKind | null {
  const [, kind] = KIND.exec(stream) ?? [];
  return (kind ?? null) as StreamKind | null;
}

/** Each fold only ever sees events of its own kind of stream: `definitionOf(type).stream` says which. */
export const foldOf = (kind: StreamKind): Fold => folds[kind] as Fold;
