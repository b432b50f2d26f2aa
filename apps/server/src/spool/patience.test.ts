import { jest } from '@jest/globals';
import { Patience } from './patience.js';

describe('patience', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  const never = () => new Promise<never>(() => undefined);

  it('has what a promise comes to in time, value or error, and leaves no timer behind for long', async () => {
    const patience = new Patience(100);
    expect(await patience.within(Promise.resolve('value'))).toBe('value');
    await expect(patience.within(Promise.reject(new Error('why')))).rejects.toThrow('why');
    jest.advanceTimersByTime(100);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('ends for each promise in its own time', async () => {
    const patience = new Patience(100);
    const over: string[] = [];
    const wait = (name: string) => void patience.within(never()).then((value) => over.push(`${name} ${value}`));
    wait('first');
    await jest.advanceTimersByTimeAsync(60);
    wait('second');
    await jest.advanceTimersByTimeAsync(39);
    expect(over).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(over).toEqual(['first null']);
    await jest.advanceTimersByTimeAsync(60);
    expect(over).toEqual(['first null', 'second null']);
  });

  it('is deaf to what comes too late, also to an error', async () => {
    const patience = new Patience(100);
    let fail: (error: Error) => void = () => undefined;
    const late = patience.within(
      new Promise((_, reject) => {
        fail = reject;
      }),
    );
    await jest.advanceTimersByTimeAsync(100);
    fail(new Error('late'));
    expect(await late).toBeNull();
  });
});
