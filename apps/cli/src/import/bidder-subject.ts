import { Failure } from '../failure.js';

/** Tells the people of a file from Gavel's own bidders, who may have the same name. */
const PREFIX = 'csv:';
const MAX_LENGTH = 128;
const ESCAPED = /[^A-Za-z0-9._@:-]/gu;

/**
 * The subject of a bidder's API key: `csv:` and the name, each byte (UTF-8) that a subject cannot hold as `+` and two
 * hexadecimal digits. `+` itself is escaped, so two names never share a subject. Throws Failure when that is too long.
 */
export function bidderSubject(name: string): string {
  const subject = PREFIX + name.replace(ESCAPED, escaped);
  if (subject.length > MAX_LENGTH)
    throw new Failure(`is too long: ${subject.length} characters as a subject, of ${MAX_LENGTH}`);
  return subject;
}

/** The name in the file behind a subject that `bidderSubject` made. */
export function bidderName(subject: string): string {
  const bytes = subject.slice(PREFIX.length).replace(/\+([0-9A-F]{2})/g, '%$1');
  return decodeURIComponent(bytes);
}

const escaped = (character: string): string =>
  [...Buffer.from(character, 'utf8')].map((byte) => `+${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
