import { ENTITY_TAGS } from '#contracts/http/command-headers.js';
import { isKnown, revisionsIn } from './etag.js';

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

describe('If-Match', () => {
  it.each<[string, number[] | undefined]>([
    ['"7"', [7]],
    ['W/"7"', [7]],
    ['"0", "1"', [0, 1]],
    ['W/"0",, "1" ,"12"', [0, 1, 12]],
    ['"x", "7"', [7]],
    ['"x"', []],
    ['"07"', []],
    ['""', []],
    ['"1,2"', []],
    ['"*"', []],
    ['*', undefined],
  ])('%s names the revisions %j', (header, revisions) => {
    expect(revisionsIn(header)).toEqual(revisions);
  });

  it.each(['"7"', 'W/"7"', '"0", "1"', ',"0" ,, W/"1",', '"x"', '""', '"\xe9,"', '*'])('may be %s', (header) => {
    expect(header).toMatch(new RegExp(ENTITY_TAGS, 'u'));
  });

  it.each(['', '7', '"7', 'w/"7"', '"7" "8"', '*, "7"', '"7", 8', '"a b"', ','])('may not be %s', (header) => {
    expect(header).not.toMatch(new RegExp(ENTITY_TAGS, 'u'));
  });

  it('is read in a moment, however long a list it nearly is', () => {
    const long = `${'"1",,,, ,,,,'.repeat(1_300)}x`;
    const before = performance.now();
    expect(long).not.toMatch(new RegExp(ENTITY_TAGS, 'u'));
    expect(performance.now() - before).toBeLessThan(1_000);
  });
});
