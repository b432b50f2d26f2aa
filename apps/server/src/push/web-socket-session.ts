import type { RawData, WebSocket } from 'ws';
import { TokenBucket } from '#platform/token-bucket.js';
import { ReadModelUnavailable } from '#read-models/read-model.js';
import type { Authentication } from '../auth/authenticate.js';
import type { MayLook } from '../auth/key-ring.js';
import type { Principal } from '../auth/principal.js';
import { ProblemAnswer } from '../http/problems.js';
import type { Client } from './client.js';
import { parseClientMessage } from './client-message.js';
import { ControlMessage } from './control-message.js';
import type { Push } from './push.js';
import type { Connection } from './subscriber.js';

/** How long a client that did not say who it is may take to do so, milliseconds. */
const AUTHENTICATE_MS = 5_000;
/** The code for a close after which the client may come back in a moment (registry of IANA). */
const TRY_AGAIN_LATER = 1013;
/** Messages of a client: so many at once, and so many a second. */
const BURST = 30;
const PER_SECOND = 5;
/** Subscriptions of one client that wait for those before. */
const MAX_QUEUED = 30;

type Refusal = 'unauthenticated' | 'rate-limited' | 'issuer-unavailable' | 'read-model-behind';

export interface SessionParts {
  readonly push: Push;
  readonly authentication: Authentication;
  /** Throws when the address has made too many failed attempts. */
  readonly mayLook: MayLook;
  /** Counts a failed attempt; throws when the address has made too many. */
  failedAttempt(): void;
}

/**
 * One WebSocket: who it is, and what it asks for, one message after the other: a subscription that came before an earlier one could
 * tell positions that lie behind what that one is still to send.
 */
export class WebSocketSession {
  private client: Client | null = null;
  private queued = 0;
  private work: Promise<void> = Promise.resolve();
  private readonly bucket = new TokenBucket(BURST, PER_SECOND);
  private readonly patience: NodeJS.Timeout;
  private knownOrGone: () => void = () => undefined;

  constructor(
    private readonly ws: WebSocket,
    private readonly connection: Connection,
    private readonly parts: SessionParts,
  ) {
    this.patience = setTimeout(() => this.refuse('unauthenticated', 'Nobody said who this is.'), AUTHENTICATE_MS);
    ws.on('message', (data, isBinary) => this.received(data, isBinary));
    ws.on('close', () => this.ended());
    // A broken frame or connection: `ws` closes it, and there is nobody to tell.
    ws.on('error', () => undefined);
  }

  /** Calls back as soon as the client has said who it is, or has gone without. */
  onceKnownOrGone(callback: () => void): void {
    this.knownOrGone = () => {
      this.knownOrGone = () => undefined;
      callback();
    };
  }

  /** The credential is good. */
  enter(principal: Principal, credential: string): void {
    const { push, authentication } = this.parts;
    clearTimeout(this.patience);
    this.knownOrGone();
    const refusal = push.refusal(principal);
    if (refusal !== null) {
      this.tell({ code: refusal, detail: 'No further connection can be taken.' });
      this.connection.close(refusal === 'going-away' ? refusal : 'too-many-connections');
      return;
    }
    const isStillValid = async () => (await authentication.identifyBy(credential)) !== null;
    this.client = push.add({ principal, connection: this.connection, isStillValid });
  }

  private received(data: RawData, isBinary: boolean): void {
    if (isBinary) {
      this.ws.close(1003, 'text only');
      return;
    }
    if (!this.bucket.take(performance.now()) || this.queued >= MAX_QUEUED) {
      this.connection.close('rate-limited');
      return;
    }
    this.queued += 1;
    this.work = this.work
      .then(() => this.handle(data.toString()))
      .catch(() => this.ws.close(1011, 'internal error'))
      .then(() => {
        this.queued -= 1;
      });
  }

  private async handle(text: string): Promise<void> {
    if (this.ws.readyState !== this.ws.OPEN) return;
    const message = parseClientMessage(text);
    if (!('authenticate' in message) && this.client === null) {
      return this.refuse('unauthenticated', 'Say who you are first: {"authenticate": "<key>"}.');
    }
    if (!('authenticate' in message || 'subscribe' in message || 'unsubscribe' in message)) {
      const detail = message.map((e) => `${e.field}: ${e.message}`).join('; ');
      return this.tell({ code: 'validation-failed', detail, errors: [...message] });
    }
    if ('authenticate' in message) return this.authenticate(message.authenticate);
    if (this.client === null) return;
    if ('subscribe' in message) await this.parts.push.subscribe(this.client, message.subscribe);
    else this.parts.push.unsubscribe(this.client, message.unsubscribe);
  }

  private async authenticate(credential: string): Promise<void> {
    if (this.client !== null) return this.tell({ code: 'already-authenticated', detail: 'This is known.' });
    const { authentication, mayLook } = this.parts;
    let principal: Principal | null;
    try {
      principal = await authentication.identifyBy(credential, mayLook);
    } catch (failure) {
      return this.notIdentified(failure);
    }
    if (this.ws.readyState !== this.ws.OPEN) return;
    if (principal !== null) return this.enter(principal, credential);
    if (this.isSpared()) this.refuse('unauthenticated', 'Send a valid API key or token.');
    else this.refuse('rate-limited', 'Too many attempts.');
  }

  /** It could not be found out who this is. */
  private notIdentified(failure: unknown): void {
    const isLimited = failure instanceof ProblemAnswer && failure.status === 429;
    if (failure instanceof ReadModelUnavailable) this.refuse('read-model-behind', failure.message);
    else if (isLimited || !this.isSpared()) this.refuse('rate-limited', 'Too many attempts.');
    else this.refuse('issuer-unavailable', 'The keys of the token issuer cannot be had.');
  }

  /** Counts a failed attempt; false when that was one too many. */
  private isSpared(): boolean {
    try {
      this.parts.failedAttempt();
      return true;
    } catch {
      return false;
    }
  }

  private refuse(code: Refusal, detail: string): void {
    this.tell({ code, detail });
    if (code === 'issuer-unavailable' || code === 'read-model-behind') this.ws.close(TRY_AGAIN_LATER, code);
    else this.connection.close(code);
  }

  private tell(problem: { code: string; detail: string; errors?: { field: string; message: string }[] }): void {
    const message = new ControlMessage({ type: 'Problem', ...problem });
    if (this.client === null) this.connection.write([message.bytes('websocket', null, 0)]);
    else this.client.subscriber.send(message);
  }

  private ended(): void {
    clearTimeout(this.patience);
    this.knownOrGone();
    if (this.client !== null) this.parts.push.remove(this.client);
  }
}
