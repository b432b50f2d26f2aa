import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { CloseReason, Connection } from './subscriber.js';

/** Close codes: RFC 6455, section 7.4, and 4401 in the range for applications. */
const CLOSE_CODES: Readonly<Record<CloseReason, number>> = {
  'going-away': 1001,
  'rate-limited': 1008,
  'too-many-connections': 1013,
  'too-slow': 1013,
  unauthenticated: 4401,
  'credential-expired': 4401,
  idle: 1001,
};

/**
 * A browser or another client at the other end of a WebSocket. Frames are made once for all clients and written to the socket as they
 * are; everything else is left to `ws`, which without compression keeps nothing back that they could overtake.
 */
export class WebSocketConnection implements Connection {
  readonly format = 'websocket';
  private answered = true;

  constructor(
    private readonly ws: WebSocket,
    private readonly socket: Duplex,
  ) {
    ws.on('pong', () => {
      this.answered = true;
    });
  }

  get bufferedBytes(): number {
    return this.socket.writableLength;
  }

  write(bytes: readonly Buffer[]): void {
    if (this.ws.readyState !== this.ws.OPEN) return;
    if (bytes.length > 1) this.socket.cork();
    for (const some of bytes) this.socket.write(some);
    if (bytes.length > 1) this.socket.uncork();
  }

  onceDrained(callback: () => void): void {
    if (this.socket.writableNeedDrain) this.socket.once('drain', callback);
    else setImmediate(callback);
  }

  isAlive(): boolean {
    const { answered } = this;
    this.answered = false;
    if (this.ws.readyState === this.ws.OPEN) this.ws.ping();
    return answered;
  }

  close(reason: CloseReason): void {
    // Who does not read does not read a close frame either.
    if (reason === 'idle' || reason === 'too-slow') this.ws.terminate();
    else this.ws.close(CLOSE_CODES[reason], reason);
  }
}
