import { ControlMessage } from './control-message.js';

test('a message that is shared is written once, and anew before its time would set a clock wrong', () => {
  const message = new ControlMessage({ type: 'Subscribed', position: '7' });
  const first = message.bytes('events', null, 1_000);
  expect(message.bytes('events', null, 1_249)).toBe(first);
  const later = message.bytes('events', null, 1_250).toString();
  expect([first.toString(), later].map((text) => /"serverTime":"([^"]+)"/.exec(text)?.[1])).toEqual([
    '1970-01-01T00:00:01.000Z',
    '1970-01-01T00:00:01.250Z',
  ]);
});
