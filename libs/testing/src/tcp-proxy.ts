import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { type FlowMode, type FlowRules, TcpFlow } from './tcp-flow.js';

/** `up`: from the clients to the server; `down`: back to the clients. */
export type Direction = 'up' | 'down';
const BOTH: readonly Direction[] = ['up', 'down'];

interface Connection {
  readonly sockets: readonly [client: Socket, server: Socket];
  readonly flows: readonly TcpFlow[];
}

/**
 * A bad network between a client and a server on loopback, for tests. Faults hold for the connections that are open and for
 * new ones, until `heal`.
 */
export class TcpProxy {
  readonly port: number;
  /** Where connections lead; a server that is restarted elsewhere can be followed. */
  targetPort: number;
  readonly #server: Server;
  readonly #connections = new Set<Connection>();
  readonly #rules: Record<Direction, FlowRules> = {
    up: { mode: 'pass', delayMs: 0 },
    down: { mode: 'pass', delayMs: 0 },
  };

  private constructor(server: Server, targetPort: number) {
    this.#server = server;
    this.targetPort = targetPort;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (client) => this.#forward(client));
  }

  /** Listens on a free port of 127.0.0.1, or on `port`. */
  static async start(targetPort: number, port = 0): Promise<TcpProxy> {
    // Half-open: each end is closed when its own sender has ended.
    const server = createServer({ allowHalfOpen: true, noDelay: true }).listen(port, '127.0.0.1');
    await once(server, 'listening');
    return new TcpProxy(server, targetPort);
  }

  /** Connections that are open. */
  get connections(): number {
    return this.#connections.size;
  }

  /** Every byte is under way for so long. */
  delay(milliseconds: number, ...directions: Direction[]): void {
    for (const direction of these(directions)) this.#rules[direction].delayMs = milliseconds;
  }

  /** No byte arrives until `heal`; then all of them do. */
  stall(...directions: Direction[]): void {
    this.#set('stall', directions);
  }

  /** Connections are accepted, and what is sent on them vanishes. `heal` resets those that lost something. */
  blackHole(...directions: Direction[]): void {
    this.#set('swallow', directions);
  }

  /** The next bytes of the direction are lost, and their connection is reset; once. */
  resetOnNext(direction: Direction): void {
    this.#set('reset-next', [direction]);
  }

  /** Resets the connections that are open (RST, what was under way is lost). */
  reset(): void {
    for (const connection of this.#connections) drop(connection);
  }

  /** Nobody listens any more: new connections are refused. Those that are open stay. */
  async refuse(): Promise<void> {
    if (!this.#server.listening) return;
    // Without waiting for the connections that are open, as the callback of `close` would.
    this.#server.close();
    await new Promise(setImmediate);
  }

  /** A good network again. */
  async heal(): Promise<void> {
    for (const rules of Object.values(this.#rules)) Object.assign(rules, { mode: 'pass', delayMs: 0 });
    for (const connection of this.#connections) {
      if (connection.flows.some(({ hasGap }) => hasGap)) drop(connection);
      else for (const flow of connection.flows) flow.pump();
    }
    if (this.#server.listening) return;
    this.#server.listen(this.port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  async close(): Promise<void> {
    await this.refuse();
    this.reset();
  }

  #set(mode: FlowMode, directions: readonly Direction[]): void {
    for (const direction of these(directions)) this.#rules[direction].mode = mode;
  }

  #forward(client: Socket): void {
    const server = connect({ port: this.targetPort, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    const reset = () => drop(connection);
    const connection: Connection = {
      sockets: [client, server],
      flows: [new TcpFlow(client, server, this.#rules.up, reset), new TcpFlow(server, client, this.#rules.down, reset)],
    };
    this.#connections.add(connection);
    for (const socket of connection.sockets) {
      // A reset on one side goes on to the other, as does a server that nobody reaches.
      socket.on('error', reset);
      socket.on('close', () => {
        if (!connection.sockets.every(({ destroyed }) => destroyed)) return;
        this.#connections.delete(connection);
      });
    }
  }
}

const these = (directions: readonly Direction[]): readonly Direction[] => (directions.length === 0 ? BOTH : directions);

function drop({ sockets, flows }: Connection): void {
  for (const flow of flows) flow.stop();
  for (const socket of sockets) if (!socket.destroyed) socket.resetAndDestroy();
}
