import { setTimeout as pause } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { EventBatches } from './event-batches.js';
import type { StoredEvent } from './projection.js';

const events = (from: number, count: number) =>
  Array.from({ length: count }, (_, at) => ({ position: String(from + at) })) as unknown as StoredEvent[];
const positions = (batch: readonly StoredEvent[] | null) => batch?.map(({ position }) => Number(position));

test('who comes after a pause waits for nothing, what comes right behind is gathered', async () => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
  try {
    const batches = new EventBatches();
    const first = batches.next();
    void batches.push(events(1, 1));
    // No timer runs here: it waited for none.
    expect(positions(await first)).toEqual([1]);
    void batches.push(events(2, 1));
    const second = batches.next();
    await jest.advanceTimersByTimeAsync(24);
    void batches.push(events(3, 2));
    await jest.advanceTimersByTimeAsync(1);
    expect(positions(await second)).toEqual([2, 3, 4]);
  } finally {
    jest.useRealTimers();
  }
});

test('a full batch is taken at once, never more than a thousand, in order', async () => {
  const batches = new EventBatches();
  void batches.push(events(1, 2_500));
  const taken = [await batches.next(), await batches.next(), await batches.next()].map(positions);
  expect(taken.map((batch) => batch?.length)).toEqual([1_000, 1_000, 500]);
  expect(taken.flat()).toEqual(events(1, 2_500).map(({ position }) => Number(position)));
});

test('who brings too much waits until there is room', async () => {
  const batches = new EventBatches();
  let pushed = false;
  const pushing = batches.push(events(1, 5_500)).then(() => {
    pushed = true;
  });
  await batches.next();
  await pause(1);
  expect(pushed).toBe(false);
  await batches.next();
  await pushing;
});

test('closing ends both sides', async () => {
  const batches = new EventBatches();
  const pushing = batches.push(events(1, 9_000));
  const other = new EventBatches();
  const waiting = other.next();
  batches.close();
  other.close();
  await pushing;
  expect(await waiting).toBeNull();
  expect(await batches.next()).toBeNull();
});
