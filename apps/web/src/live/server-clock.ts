import { useSyncExternalStore } from 'react';
import type { ServerTime } from '#contracts/http/session.js';

/** Samples of one measurement; the one that was answered fastest is the best. */
const SAMPLES = 3;

/** The server's clock, as well as it can be known from here: lots close by it. */
class ServerClock {
  private offsetMs: number | null = null;
  private errorMs = Number.POSITIVE_INFINITY;
  private now = 0;
  private timer: ReturnType<typeof setInterval> | undefined;
  private readonly listeners = new Set<() => void>();

  /** Asks the server what time it is, and takes half of the way for the way back. */
  async measure(): Promise<void> {
    for (let i = 0; i < SAMPLES; i += 1) {
      const sent = Date.now();
      const response = await fetch('/api/time').catch(() => null);
      if (!response?.ok) continue;
      const answer = (await response.json().catch(() => null)) as Partial<ServerTime> | null;
      const time = Date.parse(answer?.serverTime ?? '');
      // A proxy may have answered.
      if (Number.isNaN(time)) continue;
      const received = Date.now();
      this.learn(time - (sent + received) / 2, (received - sent) / 2);
    }
  }

  /** The sample with the smallest error counts. */
  private learn(offsetMs: number, errorMs: number): void {
    if (errorMs > this.errorMs) return;
    this.offsetMs = offsetMs;
    this.errorMs = errorMs;
    this.tick();
  }

  /** After a sleep or a change of the local clock nothing that was measured holds. */
  forget(): void {
    this.errorMs = Number.POSITIVE_INFINITY;
  }

  /** The server's time now; null until it is known. */
  time(): number | null {
    return this.offsetMs === null ? null : Date.now() + this.offsetMs;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    this.timer ??= setInterval(() => this.tick(), 250);
    this.tick();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size > 0) return;
      clearInterval(this.timer);
      this.timer = undefined;
    };
  };

  /** In steps of a quarter of a second, so that everything that counts down is drawn together. */
  readonly shown = (): number | null => (this.offsetMs === null ? null : this.now);

  private tick(): void {
    const time = this.time();
    const now = time === null ? 0 : Math.floor(time / 250) * 250;
    if (now === this.now) return;
    this.now = now;
    for (const listener of this.listeners) listener();
  }
}

export const serverClock = new ServerClock();

/** The server's time, four times a second; null until it is known. */
export const useServerTime = (): number | null => useSyncExternalStore(serverClock.subscribe, serverClock.shown);
