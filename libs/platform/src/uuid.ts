import { hash, randomFillSync } from 'node:crypto';

// RFC 9562. Two ids are made for each bid, and these take a fifth (version 5) and a fifteenth (version 7) of the time of the `uuid`
// package, against which they are tested. Their digits are written into bytes: ids glued together from parts are trees of parts to the
// collector, and most ids live on.

/**
 * The namespace of all ids that Gavel derives: sixteen bytes, ASCII, so that they can be hashed in one string with the name. Part of
 * the contract: other ones would make other ids.
 */
const NAMESPACE = 'gavel-event-ids!';

const DIGITS = Buffer.from('0123456789abcdef', 'latin1');
/** Where the 32 digits stand among the hyphens. */
const PLACES = [...'00000000-0000-0000-0000-000000000000'].flatMap((char, at) => (char === '-' ? [] : [at]));
const VERSION = 12;
const VARIANT = 16;

const derived = Buffer.from('00000000-0000-5000-8000-000000000000', 'latin1');

/** Version 5: the same name has the same id, always and everywhere. */
export function uuidV5(name: string): string {
  const sha1 = hash('sha1', NAMESPACE + name);
  for (let i = 0; i < PLACES.length; i += 1) {
    if (i !== VERSION) derived[PLACES[i] as number] = sha1.charCodeAt(i);
  }
  derived[PLACES[VARIANT] as number] = variant(Number.parseInt(sha1.charAt(VARIANT), 16));
  return derived.toString('latin1');
}

const ordered = Buffer.from('00000000-0000-7000-8000-000000000000', 'latin1');
/** The millisecond whose digits stand in `ordered`: the ids of a millisecond share them. */
let written = -1;

const RANDOM_BYTES = 10;
/** For some hundred ids: asking for random bytes costs more than the rest. */
const random = Buffer.alloc(RANDOM_BYTES * 400);
let used = random.length;

/** Version 7: ids sort by the millisecond in which they were made. */
export function uuidV7(): string {
  const now = Date.now();
  if (now !== written) writeTime(now);
  if (used === random.length) {
    randomFillSync(random);
    used = 0;
  }
  for (let i = VERSION; i < PLACES.length; i += 2) {
    const byte = random[used++] as number;
    if (i !== VERSION) ordered[PLACES[i] as number] = i === VARIANT ? variant(byte >> 4) : digit(byte >> 4);
    ordered[PLACES[i + 1] as number] = digit(byte & 0xf);
  }
  return ordered.toString('latin1');
}

function writeTime(ms: number): void {
  const digits = ms.toString(16).padStart(VERSION, '0');
  for (let i = 0; i < VERSION; i += 1) ordered[PLACES[i] as number] = digits.charCodeAt(i);
  written = ms;
}

const digit = (value: number): number => DIGITS[value] as number;

/** Two bits of the value are random, the others say that the id is of RFC 9562. */
const variant = (value: number): number => digit((value & 0x3) | 0x8);
