import { jest } from '@jest/globals';
import { FanOut } from './fan-out.js';
import type { Subscriber } from './subscriber.js';

/** A subscriber that counts the rounds in which it was written to. */
function subscriber(): { rounds: number } & Subscriber {
  const counted = { rounds: 0, queued: false, flush: () => (counted.rounds += 1) };
  return counted as unknown as { rounds: number } & Subscriber;
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('the first message leaves in this turn of the event loop, what follows soon leaves in one round', async () => {
  const [one, other] = [subscriber(), subscriber()];
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'performance'] });
  try {
    const fanOut = new FanOut({ now: () => 0 }, 60_000);
    fanOut.wake(one);
    await turn();
    await turn();
    expect(one.rounds).toBe(1);
    for (const woken of [one, other, one]) fanOut.wake(woken);
    await turn();
    expect([one.rounds, other.rounds, fanOut.backlog]).toEqual([1, 0, 2]);
    jest.advanceTimersByTime(60_000);
    expect([one.rounds, other.rounds, fanOut.backlog]).toEqual([2, 1, 0]);
  } finally {
    jest.useRealTimers();
  }
});
