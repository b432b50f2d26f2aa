import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { WebSocketServer } from 'ws';
import { ReadModelUnavailable } from '#read-models/read-model.js';
import { type Authentication, credentialOf } from '../auth/authenticate.js';
import type { Principal } from '../auth/principal.js';
import type { RateLimit } from '../auth/rate-limit.js';
import { callerAddress } from '../http/caller-address.js';
import { problemOf } from '../http/problem-filter.js';
import { ProblemAnswer } from '../http/problems.js';
import { sendRawProblem } from '../http/raw-problem.js';
import { clientAddress, type TrustedProxies } from '../http/trusted-proxies.js';
import { isOwnOrigin } from './origin.js';
import type { Push } from './push.js';
import { WebSocketConnection } from './web-socket-connection.js';
import { WebSocketSession } from './web-socket-session.js';

const WEB_SOCKET_PATH = '/ws';
/** The largest message, a subscription to 1,000 lots, is far smaller. Bytes. */
const MAX_MESSAGE = 64 * 1024;
/** Connections at once that have not said who they are. */
const MAX_STRANGERS = 1_000;
/** Of them from one address: else one could keep all others out. */
const MAX_STRANGERS_OF_ADDRESS = 200;
/** How long a client may take to answer that the server goes away, milliseconds: `ws` itself would wait for half a minute. */
const GOODBYE_MS = 1_500;

export interface GateParts {
  readonly push: Push;
  readonly authentication: Authentication;
  /** Null: no limit. */
  readonly rateLimit: RateLimit | null;
  /** Besides the server's own; for pages that are served from elsewhere. */
  readonly origins: readonly string[];
  readonly trustedProxies: TrustedProxies;
  readonly log: Pick<Logger, 'error'>;
}

/** Lets WebSockets in: from our own pages and from programs, with a valid credential or with a few seconds to send one. */
export class WebSocketGate {
  private readonly server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE,
    perMessageDeflate: false,
    clientTracking: false,
  });
  private readonly sockets = new Set<Duplex>();
  private strangers = 0;
  private readonly strangersOf = new Map<string, number>();

  constructor(private readonly parts: GateParts) {
    // By itself it would answer in HTML.
    this.server.on('wsClientError', ({ message }, socket) => {
      sendRawProblem(socket, new ProblemAnswer(400, 'bad-request', `This is no WebSocket handshake: ${message}.`));
    });
  }

  /** A listener for `upgrade` of the HTTP server. */
  readonly upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    // The other side may go at any time; `close` follows.
    socket.on('error', () => undefined);
    this.admit(request)
      .then((principal) => this.accept(request, socket, head, principal))
      .catch((thrown: unknown) => this.refuse(socket, thrown));
  };

  /** The push has told its clients to go: what is still connected a moment later is cut off, strangers too. */
  close(): void {
    setTimeout(() => {
      for (const socket of this.sockets) socket.destroy();
    }, GOODBYE_MS).unref();
  }

  /** Null for somebody who has yet to say who they are. Throws the answer to whoever is not let in. */
  private async admit(request: IncomingMessage): Promise<Principal | null> {
    const { push, origins } = this.parts;
    const [path] = (request.url ?? '').split('?');
    if (path !== WEB_SOCKET_PATH) throw new ProblemAnswer(404, 'not-found', 'There is nothing at this address.');
    if (!isOwnOrigin(request.headers, origins)) {
      throw new ProblemAnswer(403, 'origin-not-allowed', 'Pages from elsewhere may not connect.');
    }
    const carries = request.headers.authorization !== undefined || request.headers['x-api-key'] !== undefined;
    const principal = carries ? await this.identify(request) : null;
    const refusal = push.refusal(principal) ?? (carries || this.hasRoomFor(request) ? null : 'full');
    if (refusal === 'too-many-connections') throw new ProblemAnswer(429, refusal, 'Close another connection first.');
    if (refusal !== null) {
      throw new ProblemAnswer(503, refusal, 'No further connection can be taken.', { retryAfterSeconds: 5 });
    }
    if (carries && principal === null) {
      throw new ProblemAnswer(401, 'unauthenticated', 'Send a valid API key or token.');
    }
    return principal;
  }

  private async identify(request: IncomingMessage): Promise<Principal | null> {
    const { authentication, rateLimit } = this.parts;
    const address = this.addressOf(request);
    let principal: Principal | null;
    try {
      principal = await authentication.identify(request, () => rateLimit?.check(address));
    } catch (failure) {
      // That the keys cannot be read is no fault of the caller.
      if (!(failure instanceof ReadModelUnavailable)) rateLimit?.spend(address);
      throw failure;
    }
    if (principal === null) rateLimit?.spend(address);
    return principal;
  }

  private hasRoomFor(request: IncomingMessage): boolean {
    const ofAddress = this.strangersOf.get(this.addressOf(request)) ?? 0;
    return this.strangers < MAX_STRANGERS && ofAddress < MAX_STRANGERS_OF_ADDRESS;
  }

  private addressOf(request: IncomingMessage): string {
    return `address:${callerAddress(clientAddress(request, this.parts.trustedProxies))}`;
  }

  private accept(request: IncomingMessage, socket: Duplex, head: Buffer, principal: Principal | null): void {
    const { push, authentication, rateLimit } = this.parts;
    this.server.handleUpgrade(request, socket, head, (ws) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
      const address = this.addressOf(request);
      const session = new WebSocketSession(ws, new WebSocketConnection(ws, socket), {
        push,
        authentication,
        mayLook: () => rateLimit?.check(address),
        failedAttempt: () => rateLimit?.spend(address),
      });
      const credential = credentialOf(request);
      if (principal !== null && credential !== null) session.enter(principal, credential);
      else this.countStranger(session, address);
    });
  }

  private countStranger(session: WebSocketSession, address: string): void {
    this.strangers += 1;
    this.strangersOf.set(address, (this.strangersOf.get(address) ?? 0) + 1);
    session.onceKnownOrGone(() => {
      this.strangers -= 1;
      const left = (this.strangersOf.get(address) ?? 0) - 1;
      if (left > 0) this.strangersOf.set(address, left);
      else this.strangersOf.delete(address);
    });
  }

  private refuse(socket: Duplex, thrown: unknown): void {
    const answer = problemOf(thrown, (err) => this.parts.log.error({ err }, 'a connection failed'));
    sendRawProblem(socket, answer);
  }
}
