import { auctionEvents } from './auction-events.js';
import { type EventDefinition, type EventOf, toNewest } from './define-event.js';
import { keyEvents } from './key-events.js';
import { lotEvents } from './lot-events.js';
import { vehicleEvents } from './vehicle-events.js';
import { webhookEvents } from './webhook-events.js';

/** Every event that is stored, in the order of docs/events.md. */
export const catalogue = [...auctionEvents, ...lotEvents, ...vehicleEvents, ...keyEvents, ...webhookEvents] as const;

export type GavelEvent = EventOf<(typeof catalogue)[number]>;
export type EventType = GavelEvent['type'];

const byType = new Map<string, EventDefinition>(catalogue.map((d) => [d.type, d as unknown as EventDefinition]));

/** The version that is written today. Throws for a type that the catalogue lacks. */
export const currentVersion = (type: string): number => definitionOf(type).version;

/** Throws for a type that the catalogue lacks: a store written by a newer Gavel, or not by Gavel. */
export function definitionOf(type: string): EventDefinition {
  const definition = byType.get(type);
  if (definition === undefined) throw new Error(`event type ${type} is not in the catalogue`);
  return definition;
}

/**
 * Brings a stored event up to the newest version of its type.
 * Throws when the type is unknown or the version is newer than this program.
 */
export const upcast = (type: string, version: number, data: unknown): GavelEvent =>
  ({ type, data: toNewest(definitionOf(type), version, data) }) as GavelEvent;
