import { timeLeft, timeLeftInWords } from './time-left.js';

describe('the time that is left', () => {
  it.each([
    [(2 * 86_400 + 4 * 3_600 + 59) * 1_000, '2 d 4 h', '2 days 4 hours'],
    [(3 * 3_600 + 7 * 60 + 9) * 1_000, '3:07:09', '3 hours 7 minutes'],
    [252_000, '4:12', '4 minutes 12 seconds'],
    [60_000, '1:00', '1 minute'],
    [9_000, '0:09', '9 seconds'],
    [1, '0:01', '1 second'],
    [0, '0:00', 'no time'],
    [-5_000, '0:00', 'no time'],
  ])('of %s ms is shown and said', (milliseconds, shown, said) => {
    expect([timeLeft(milliseconds), timeLeftInWords(milliseconds)]).toEqual([shown, said]);
  });
});
