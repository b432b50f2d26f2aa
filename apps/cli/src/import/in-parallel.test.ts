import { setTimeout as sleep } from 'node:timers/promises';
import { inParallel } from './in-parallel.js';

describe('work in parallel', () => {
  it('answers in the order of the items and never does more at once than allowed', async () => {
    let running = 0;
    let peak = 0;
    const results = await inParallel(
      [5, 1, 4, 2, 3],
      2,
      async (ms) => {
        running += 1;
        peak = Math.max(peak, running);
        await sleep(ms);
        running -= 1;
        return ms * 10;
      },
      () => undefined,
    );
    expect(results).toEqual([50, 10, 40, 20, 30]);
    expect(peak).toBe(2);
  });

  it('rejects with the first failure, once what was under way has ended, and begins nothing more', async () => {
    const begun: number[] = [];
    const ended: number[] = [];
    let failures = 0;
    const work = async (item: number) => {
      begun.push(item);
      if (item === 2) throw new Error('two');
      await sleep(10);
      ended.push(item);
      if (item === 1) throw new Error('one');
    };
    await expect(inParallel([1, 2, 3, 4], 2, work, () => (failures += 1))).rejects.toThrow('two');
    expect([begun, ended, failures]).toEqual([[1, 2], [1], 1]);
  });
});
