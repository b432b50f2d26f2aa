import { toIso } from '#contracts/time.js';
import type { StoredEvent } from '../streams/fold.js';

/** Enough of a digest to compare two, too little to be one. */
const SHOWN_DIGEST = 8;

/** A stored event as `--json` shows it: its data as stored, hidden maxima included, but no key's digest in full. */
export function shownEvent({ revision, position, id, type, recordedAt, data, metadata }: StoredEvent): object {
  return { revision, position, id, type, recordedAt: toIso(recordedAt), data: withoutDigest(data), metadata };
}

function withoutDigest(data: object): object {
  if (!('digest' in data)) return data;
  return { ...data, digest: `${String(data.digest).slice(0, SHOWN_DIGEST)}…` };
}
