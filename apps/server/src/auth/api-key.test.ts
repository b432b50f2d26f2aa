import { digestOf, digitsOf, KeyCheck, makeApiKey, parseApiKey } from './api-key.js';

const keyId = '01a20670-e337-75b1-b841-8c57a3a492d0';

test('a key that was made is taken apart into its id and a secret that its digest knows', () => {
  const { key, digest } = makeApiKey(keyId);
  const parsed = parseApiKey(key);
  expect(parsed?.keyId).toBe(keyId);
  expect(digitsOf(key)).toBe(keyId.replaceAll('-', ''));
  expect(digestOf(parsed?.secret ?? '')).toBe(digest);
});

test.each(['', 'gvl_', 'gvl_x_y', `${makeApiKey(keyId).key} `, makeApiKey(keyId).key.toUpperCase()])(
  '%j is no key',
  (key) => expect(parseApiKey(key)).toBeNull(),
);

test('only the key with the secret matches, before and after it was shown', () => {
  const { key, digest } = makeApiKey(keyId);
  const check = new KeyCheck(digest, (shown) => parseApiKey(shown)?.secret ?? null);
  const wrong = [makeApiKey(keyId).key, '', key.slice(0, -1), `${key} `, key.replace('gvl', 'gvk'), `é${key.slice(1)}`];
  const shown = [...wrong, key, ...wrong, key];
  expect(shown.map((each) => check.matches(each))).toEqual(shown.map((each) => each === key));
});
