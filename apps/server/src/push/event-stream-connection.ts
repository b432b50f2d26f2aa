import type { ServerResponse } from 'node:http';
import type { CloseReason, Connection } from './subscriber.js';

/** A plain HTTP client that reads server-sent events. */
export class EventStreamConnection implements Connection {
  readonly format = 'events';

  constructor(private readonly response: ServerResponse) {}

  get bufferedBytes(): number {
    return this.response.writableLength;
  }

  write(bytes: readonly Buffer[]): void {
    if (this.response.writableEnded) return;
    this.response.write(bytes.length === 1 ? bytes[0] : Buffer.concat(bytes));
  }

  onceDrained(callback: () => void): void {
    if (this.response.writableNeedDrain) this.response.once('drain', callback);
    else setImmediate(callback);
  }

  /** It cannot answer: one that is gone takes nothing, and is dropped for that. */
  isAlive(): boolean {
    return true;
  }

  close(reason: CloseReason): void {
    if (reason === 'too-slow' || reason === 'idle') this.response.destroy();
    else this.response.end();
  }
}
