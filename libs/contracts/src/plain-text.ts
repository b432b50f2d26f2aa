import Type from 'typebox';

const UNWANTED = '\\u0000-\\u001F\\u007F-\\u009F\\uD800-\\uDFFF';

/**
 * No control characters, which garble logs and lists; no halves of surrogate pairs, which UTF-8 cannot hold; something that shows.
 * Without classes of Unicode, which the tools of other languages do not know.
 */
export const PLAIN_TEXT = `^[^${UNWANTED}]*[^\\s${UNWANTED}][^${UNWANTED}]*$`;

/** A line that a person writes, of at most so many characters. */
export const PlainText = (maxLength: number, options: { description?: string } = {}) =>
  Type.String({ minLength: 1, maxLength, pattern: PLAIN_TEXT, ...options });
