import { isKnown } from './etag.js';

describe('If-None-Match', () => {
  it.each([['"7"'], ['W/"7"'], ['*'], [' * '], ['"6", "7"'], ['W/"6",W/"7"'], ['"a,b", "7"']])(
    '%s knows the revision 7',
    (header) => {
      expect(isKnown(header, '"7"')).toBe(true);
    },
  );

  it.each([[undefined], [''], ['7'], ['"77"'], ['"6", "8"'], ['"*"'], ['"a\\"7"'], ['w/"17"']])(
    '%s does not',
    (header) => {
      expect(isKnown(header, '"7"')).toBe(false);
    },
  );
});
