import { InvalidArgumentError } from 'commander';
import { type EpochMs, toIso } from '#contracts/time.js';

/** How far a stream is looked at. */
export type Until = { readonly revision: number } | { readonly time: EpochMs };

const REVISION = /^\d{1,15}$/;
const TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/;

/** A revision, or a time in ISO 8601 with its zone; a date alone is its midnight in UTC. Throws InvalidArgumentError. */
export function parseUntil(text: string): Until {
  if (REVISION.test(text)) return { revision: Number(text) };
  const time = TIME.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time) || !isDate(text.slice(0, 10))) {
    throw new InvalidArgumentError(
      'It must be a revision (12) or an ISO 8601 time with its zone (2026-03-01T12:00:00Z).',
    );
  }
  return { time };
}

/** `Date.parse` makes the second of March of 2026-02-30. */
const isDate = (date: string): boolean => {
  const midnight = Date.parse(date);
  return !Number.isNaN(midnight) && toIso(midnight).startsWith(date);
};
