import { retryAfterMs } from './retry-after.js';

it.each([
  ['2', 2_000],
  ['0', 0],
  [' 15 ', 15_000],
  ['Thu, 01 Jan 1970 00:00:07 GMT', 5_000],
  ['Thu, 01 Jan 1970 00:00:01 GMT', 0],
  ['soon', null],
  [null, null],
])('Retry-After %j asks to wait %j ms', (header, waitMs) => {
  expect(retryAfterMs(header, 2_000)).toBe(waitMs);
});
