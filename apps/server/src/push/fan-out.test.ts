import { jest } from '@jest/globals';
import { FanOut } from './fan-out.js';
import type { Subscriber } from './subscriber.js';

/** A subscriber that counts the rounds in which it was written to. */
function subscriber(): { rounds: number } & Subscriber {
  const counted = { rounds: 0, queued: false, flush: () => (counted.rounds += 1) };
  return counted as unknown as { rounds: number } & Subscriber;
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

afterEach(() => jest.restoreAllMocks());

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

test.each([
  { loop: 'busy', utilization: 0.9, begins: 45 },
  { loop: 'idle', utilization: 0.1, begins: 20 },
])(
  'behind 5 ms of writing, others have an event loop that is $loop until $begins ms',
  async ({ utilization, begins }) => {
    let now = 0;
    jest.spyOn(performance, 'now').mockImplementation(() => now);
    jest.spyOn(performance, 'eventLoopUtilization').mockReturnValue({ idle: 0, active: 0, utilization });
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'performance'] });
    try {
      const slow = subscriber();
      slow.flush = () => {
        slow.rounds += 1;
        now += 5;
      };
      const fanOut = new FanOut({ now: () => 0 }, 20);
      fanOut.wake(slow);
      await turn();
      expect(slow.rounds).toBe(1);
      fanOut.wake(slow);
      while (slow.rounds === 1 && now < 60) {
        now += 1;
        jest.advanceTimersByTime(1);
      }
      expect(now - 5).toBe(begins);
    } finally {
      jest.useRealTimers();
    }
  },
);
