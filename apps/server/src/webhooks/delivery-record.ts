import type { EpochMs } from '#contracts/time.js';
import type { Position } from '#event-store/event-store.js';

export type DeliveryState = 'delivered' | 'pending' | 'dead';

/** A delivery that was attempted at least once. Key: webhook and position. */
export interface DeliveryRecord {
  readonly webhookId: string;
  readonly position: Position;
  readonly eventId: string;
  readonly eventType: string;
  readonly body: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly lastAt: EpochMs;
  readonly status: number | null;
  readonly error: string | null;
  /** When it is tried again; null unless it is pending. */
  readonly nextAt: EpochMs | null;
}

/** Where the deliveries of a subscription stand. */
export interface LaneRecord {
  readonly live: Position | null;
  /** Id of the event at `live`; null: it is not known. */
  readonly liveEvent: string | null;
  readonly replay: { readonly from: Position | null; readonly until: Position } | null;
  /** Of the first failure with no success since; null: the last attempt went well, or nothing was left to be delivered since. */
  readonly failingSince: EpochMs | null;
  /** Until when the endpoint asked to be left alone; null: it did not, or may be past. */
  readonly pausedUntil: EpochMs | null;
}

export type DeliveryRow = [
  string,
  string,
  string,
  string,
  string,
  string,
  number,
  number,
  number | null,
  string | null,
  number | null,
];
/** In the order of a DeliveryRow. */
export const COLUMNS =
  'webhook, position, event_id, event_type, body, state, attempts, last_at, status, error, next_at';

export const recordOf = ([
  webhookId,
  position,
  eventId,
  eventType,
  body,
  state,
  attempts,
  lastAt,
  status,
  error,
  nextAt,
]: DeliveryRow) =>
  ({
    webhookId,
    position: short(position),
    eventId,
    eventType,
    body,
    state: state as DeliveryState,
    attempts,
    lastAt,
    status,
    error,
    nextAt,
  }) satisfies DeliveryRecord;

/** Filled up with zeros, so that the texts of positions sort as the positions do. */
export const long = (position: Position): string => position.padStart(20, '0');
export const short = (text: string): Position => text.replace(/^0+(?=\d)/, '');
