import Type from 'typebox';

/** A point in time inside events and the domain: milliseconds since 1970-01-01T00:00Z. Outside, times are ISO 8601 UTC. */
export const EpochMs = Type.Integer({
  minimum: 0,
  maximum: 8_640_000_000_000_000,
  description: 'Milliseconds since 1970-01-01T00:00Z',
});
export type EpochMs = number;

/** A time on the wire: ISO 8601 in UTC, for example 2026-03-01T12:00:00.000Z. */
export const IsoTime = Type.String({
  format: 'date-time',
  maxLength: 40,
  description: 'ISO 8601, UTC: 2026-03-01T12:00:00.000Z',
});

export const toIso = (at: EpochMs): string => new Date(at).toISOString();
export const toIsoOrNull = (at: EpochMs | null): string | null => (at === null ? null : toIso(at));
