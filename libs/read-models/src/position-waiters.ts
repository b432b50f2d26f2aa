import { comparePositions, type Position } from '#event-store/event-store.js';

interface Waiter {
  readonly position: Position;
  readonly timer: NodeJS.Timeout;
  settle(reached: boolean): void;
}

/** Callers that wait until a read model has reached a position. */
export class PositionWaiters {
  readonly #waiters = new Set<Waiter>();
  #closed = false;

  /** True once `reached` is told the position, false after `timeoutMs` or at the end. */
  wait(position: Position, timeoutMs: number): Promise<boolean> {
    if (this.#closed) return Promise.resolve(false);
    return new Promise((resolve) => {
      const settle = (reached: boolean) => {
        clearTimeout(waiter.timer);
        this.#waiters.delete(waiter);
        resolve(reached);
      };
      const waiter: Waiter = { position, timer: setTimeout(() => settle(false), timeoutMs), settle };
      this.#waiters.add(waiter);
    });
  }

  reached(position: Position): void {
    for (const waiter of this.#waiters) if (comparePositions(waiter.position, position) <= 0) waiter.settle(true);
  }

  close(): void {
    this.#closed = true;
    for (const waiter of this.#waiters) waiter.settle(false);
  }
}
