import { digestOf, makeApiKey, parseApiKey, SecretCheck } from './api-key.js';

const keyId = '01a20670-e337-75b1-b841-8c57a3a492d0';

test('a key that was made is taken apart into its id and a secret that its digest knows', () => {
  const { key, digest } = makeApiKey(keyId);
  const parsed = parseApiKey(key);
  expect(parsed?.keyId).toBe(keyId);
  expect(new SecretCheck(digest).matches(parsed?.secret ?? '')).toBe(true);
});

test.each(['', 'gvl_', 'gvl_x_y', `${makeApiKey(keyId).key} `, makeApiKey(keyId).key.toUpperCase()])(
  '%j is no key',
  (key) => expect(parseApiKey(key)).toBeNull(),
);

test('only the secret matches, before and after it was shown', () => {
  const check = new SecretCheck(digestOf('the secret'));
  const shown = ['the secreT', '', 'the secret', 'the secreT', 'the secret ', '', 'thé secret', 'the secret'];
  expect(shown.map((secret) => check.matches(secret))).toEqual([false, false, true, false, false, false, false, true]);
});
