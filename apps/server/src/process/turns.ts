import { Overloaded } from '#event-store/stream-writer/command-context.js';

/** Of one key: more would wait longer than their callers do. */
const MAX_WAITING = 50;

interface Line {
  waiting: number;
  last: Promise<unknown>;
}

/** Work of one key is done one after the other, in the order in which it came. */
export class Turns {
  private readonly lines = new Map<string, Line>();

  /** Rejects with what the work rejects with, and with Overloaded while 50 wait. */
  async take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const line = this.lines.get(key) ?? { waiting: 0, last: Promise.resolve() };
    if (line.waiting >= MAX_WAITING) throw new Overloaded(`${MAX_WAITING} requests of one caller wait for their turn`);
    line.waiting += 1;
    this.lines.set(key, line);
    const done = line.last.then(work);
    line.last = done.catch(() => undefined);
    try {
      return await done;
    } finally {
      line.waiting -= 1;
      if (line.waiting === 0) this.lines.delete(key);
    }
  }
}
