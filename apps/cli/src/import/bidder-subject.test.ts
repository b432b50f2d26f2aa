import fc from 'fast-check';
import Value from 'typebox/value';
import { Subject } from '#contracts/ids.js';
import { bidderName, bidderSubject } from './bidder-subject.js';

describe('the subject of a bidder of a file', () => {
  it.each([
    ['anna', 'csv:anna'],
    ['wlp@mediaone.net', 'csv:wlp@mediaone.net'],
    ['eva*1862', 'csv:eva+2A1862'],
    ['a+2Ab', 'csv:a+2B2Ab'],
    ['Zoë', 'csv:Zo+C3+AB'],
    ['100%', 'csv:100+25'],
  ])('of %s is %s', (name, subject) => {
    expect(bidderSubject(name)).toBe(subject);
  });

  const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 10 });

  it('is one that an API key can have, and gives the name back', () => {
    fc.assert(
      fc.property(
        name,
        (text) => Value.Check(Subject, bidderSubject(text)) && bidderName(bidderSubject(text)) === text,
      ),
    );
  });

  it('differs for two names that differ', () => {
    fc.assert(fc.property(fc.tuple(name, name), ([a, b]) => (a === b) === (bidderSubject(a) === bidderSubject(b))));
  });

  it('is refused when it would be longer than a subject can be', () => {
    expect(() => bidderSubject('*'.repeat(42))).toThrow('is too long: 130 characters as a subject, of 128');
  });
});
