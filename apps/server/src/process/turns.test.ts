import { setImmediate } from 'node:timers/promises';
import { Overloaded } from '#event-store/stream-writer/command-context.js';
import { Turns } from './turns.js';

describe('turns', () => {
  it('are taken one after the other, also behind one that failed; another key waits for none of them', async () => {
    const turns = new Turns();
    const steps: string[] = [];
    const work =
      (name: string, fails = false) =>
      async () => {
        steps.push(`${name} begins`);
        await setImmediate();
        steps.push(`${name} ends`);
        if (fails) throw new Error(name);
        return name;
      };
    const all = [turns.take('ada', work('a1', true)), turns.take('ada', work('a2')), turns.take('bob', work('b1'))];
    expect((await Promise.allSettled(all)).map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect(steps.filter((step) => step.startsWith('a'))).toEqual(['a1 begins', 'a1 ends', 'a2 begins', 'a2 ends']);
    expect(steps.indexOf('b1 begins')).toBeLessThan(steps.indexOf('a1 ends'));
  });

  it('are waited for by fifty of one key, and by no more', async () => {
    const turns = new Turns();
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const taken = Array.from({ length: 50 }, () => turns.take('ada', () => held));
    await expect(turns.take('ada', () => held)).rejects.toThrow(Overloaded);
    release();
    await Promise.all(taken);
    await expect(turns.take('ada', async () => 'again')).resolves.toBe('again');
  });
});
