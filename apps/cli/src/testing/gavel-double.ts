import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { DoubleAuctions, type Placed } from './double-auctions.js';
import { DoubleRoutes } from './double-routes.js';

/** What goes wrong with a request: an answer other than its own, or a connection that breaks before, behind or within it. */
export type Fault =
  | { readonly status: number; readonly code?: string; readonly headers?: Record<string, string> }
  | 'break-before'
  | 'break-after'
  | 'break-midway'
  | null;

export interface Call {
  /** From 1, over all requests. */
  readonly number: number;
  readonly method: string;
  readonly path: string;
}

export interface DoubleOptions {
  /** Asked before each request is carried out. */
  readonly faultOf?: (call: Call) => Fault;
  /** Told when the effect of a request stands and its answer has not been sent. */
  readonly onEffect?: (call: Call) => void;
  readonly lagMs?: number;
}

export const ADMIN_KEY = 'the-admin-key-of-the-double';

/** A server with the routes that an import uses, over the real lot decider. In memory, on a free port. */
export class GavelDouble {
  readonly auctions: DoubleAuctions;
  readonly calls: Call[] = [];
  peakConnections = 0;
  private readonly routes: DoubleRoutes;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  constructor(private readonly options: DoubleOptions = {}) {
    this.auctions = new DoubleAuctions(options.lagMs ?? 0);
    this.routes = new DoubleRoutes(this.auctions, ADMIN_KEY);
    this.server = createServer((request, response) => void this.handle(request, response));
    this.server.on('connection', (socket) => this.track(socket));
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this.url;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** API keys that were issued and not revoked. */
  get validKeys(): number {
    return this.routes.validKeys;
  }

  /** Bids by title of their lot, in the order of the stream. */
  bidsByTitle(): Map<string, readonly Placed[]> {
    return this.auctions.bidsByTitle();
  }

  private track(socket: Socket): void {
    this.sockets.add(socket);
    this.peakConnections = Math.max(this.peakConnections, this.sockets.size);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => undefined);
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await textOf(request).catch(() => null);
    if (body === null) return;
    const call = { number: this.calls.length + 1, method: request.method ?? '', path: request.url ?? '' };
    this.calls.push(call);
    const fault = this.options.faultOf?.(call) ?? null;
    if (fault === 'break-before') return void request.socket.destroy();
    if (fault !== null && typeof fault !== 'string') {
      const problem = { code: fault.code ?? 'injected', detail: 'Injected.' };
      return send(response, fault.status, problem, fault.headers);
    }
    const { status, answer } = this.routes.answer(request, body);
    this.options.onEffect?.(call);
    if (fault === 'break-after') return void request.socket.destroy();
    if (fault === 'break-midway') return breakMidway(request, response);
    send(response, status, answer);
  }
}

function send(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, {
    'content-type': status < 400 ? 'application/json' : 'application/problem+json',
    ...headers,
  });
  response.end(body === undefined ? '' : JSON.stringify(body));
}

/** Half an answer, then nothing. */
function breakMidway({ socket }: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
  response.write('{"half":', () => socket.destroy());
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
