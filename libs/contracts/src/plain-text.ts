import Type from 'typebox';

/** No control characters, which garble logs and lists; no halves of surrogate pairs, which UTF-8 cannot hold; something that shows. */
export const PLAIN_TEXT = '^[^\\p{Cc}\\p{Cs}]*[^\\s\\p{Cc}\\p{Cs}][^\\p{Cc}\\p{Cs}]*$';

/** A line that a person writes, of at most so many characters. */
export const PlainText = (maxLength: number, options: { description?: string } = {}) =>
  Type.String({ minLength: 1, maxLength, pattern: PLAIN_TEXT, ...options });
