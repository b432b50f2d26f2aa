import { Cursors, digestOf } from './cursor.js';

const cursors = new Cursors('a key of the server');

describe('a cursor', () => {
  it.each([
    { position: null, since: null, digest: null },
    { position: '0', since: null, digest: null },
    { position: '18446744073709551615', since: null, digest: null },
    { position: '17', since: 1_800_000_000_000, digest: null },
    { position: null, since: 0, digest: null },
    { position: '17', since: null, digest: digestOf('an event') },
    { position: '18446744073709551615', since: 999_999_999_999_999, digest: digestOf('another event') },
  ])('comes back as the place it stands for: %j', (place) => {
    expect(cursors.decode(cursors.encode(place))).toEqual(place);
  });

  it('is refused when a single character of it is another', () => {
    const cursor = cursors.encode({ position: '17', since: null, digest: digestOf('an event') });
    const others = [...cursor].flatMap((character, at) =>
      ['A', 'B', '_', '=', '']
        .filter((other) => other !== character)
        .map((other) => cursor.slice(0, at) + other + cursor.slice(at + 1)),
    );
    expect(others.map((other) => cursors.decode(other)).filter((place) => place !== null)).toEqual([]);
  });

  it.each(['', 'x', '17', '17:', 'AAAAAAAAAAAAAAAAMTc6', `${'A'.repeat(190)}`])('is not %j', (text) => {
    expect(cursors.decode(text)).toBeNull();
  });

  it('is refused when another server made it', () => {
    expect(cursors.decode(new Cursors('another key').encode({ position: '17', since: null, digest: null }))).toBeNull();
  });
});
