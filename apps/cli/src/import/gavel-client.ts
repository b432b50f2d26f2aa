import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Static, TSchema } from 'typebox';
import Value from 'typebox/value';
import { Me } from '#contracts/http/session.js';
import { Failure } from '../failure.js';
import { Connections, type Exchange } from './connections.js';
import { NoAnswer, NotYet, Refused } from './request-failures.js';
import { retryAfterMs } from './retry-after.js';

export interface Request {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below the server's address: `api/auctions`. */
  readonly path: string;
  /** The credential. */
  readonly key?: string;
  /** A repeat under the same key is carried out once. */
  readonly idempotencyKey?: string;
  readonly body?: object;
  /** Codes of refusals that pass by themselves: the request is repeated. */
  readonly passing?: readonly string[];
  /** Whether the answer is final; the request is repeated until it is. */
  readonly isFinal?: (answer: unknown) => boolean;
}

export interface Patience {
  /** How long one request is repeated before the import stops, milliseconds. */
  readonly giveUpAfterMs: number;
  /** Largest wait between two attempts that the server did not ask for, milliseconds. */
  readonly capMs: number;
}

const INITIAL_WAIT_MS = 50;
/** Nothing was done, or 202: it is taken but not yet stored, and what follows would overtake it. */
const BUSY = [202, 429, 503];

/**
 * Speaks to a server and repeats what may pass by itself until it is answered: 429, 503, 202 (taken, not yet stored) and broken
 * connections. So every request must be safe to repeat.
 */
export class GavelClient {
  private readonly stopping = new AbortController();
  private readonly connections: Connections;
  private repeats = 0;

  constructor(
    private readonly url: string,
    private readonly patience: Patience,
    connections: number,
  ) {
    this.connections = new Connections(url.startsWith('https:'), connections);
    setMaxListeners(0, this.stopping.signal);
  }

  /** Attempts beyond the first one of each request. */
  get repeated(): number {
    return this.repeats;
  }

  /** Lets requests that wait for their next attempt fail. */
  stop(): void {
    this.stopping.abort();
  }

  /** When nothing is under way any more. */
  close(): void {
    this.connections.close();
  }

  /** Whether there is a server, and its key an admin's. A server that is busy is waited for. Rejects with Failure. */
  async checkAccess(key: string): Promise<void> {
    const request: Request = { method: 'GET', path: 'api/me', key };
    const answer = await this.attempt(request).catch((error: unknown) => {
      if (error instanceof Refused && BUSY.includes(error.status)) return this.sendUntilAnswered(request);
      throw error;
    });
    const { role } = understood(request, answer, Me);
    if (role !== 'admin') throw new Failure(`the key is of role ${role}: an import needs one of role admin`);
  }

  /** The answer to a request. Rejects with Refused or NoAnswer, both with a message that names the request. */
  async send<Schema extends TSchema>(request: Request, schema: Schema): Promise<Static<Schema>> {
    return understood(request, await this.sendUntilAnswered(request), schema);
  }

  /** The same for a request whose answer says nothing. */
  async sendUntilAnswered(request: Request): Promise<unknown> {
    const giveUpAt = Date.now() + this.patience.giveUpAfterMs;
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.attempt(request).catch((error: unknown) => error);
      if (!(answer instanceof Error)) return answer;
      const waitMs = this.waitBefore(answer, request, attempt);
      if (waitMs === null || this.stopping.signal.aborted || Date.now() + waitMs > giveUpAt) throw answer;
      this.repeats += 1;
      await sleep(waitMs, undefined, { signal: this.stopping.signal });
    }
  }

  /** Null: repeating does not help. Otherwise milliseconds, drawn at random so that the requests do not come back together. */
  private waitBefore(error: Error, { passing = [] }: Request, attempt: number): number | null {
    const backoff =
      Math.min(this.patience.capMs, INITIAL_WAIT_MS * 2 ** Math.min(attempt, 20)) * (0.5 + Math.random() / 2);
    if (error instanceof NoAnswer || error instanceof NotYet) return backoff;
    if (!(error instanceof Refused)) return null;
    if (!BUSY.includes(error.status) && !passing.includes(error.code)) return null;
    return Math.max(backoff, error.retryAfterMs ?? 0);
  }

  private async attempt(request: Request): Promise<unknown> {
    const { status, retryAfter, text } = await this.connections
      .send(this.exchangeOf(request))
      .catch((error: unknown) => {
        throw new NoAnswer(nameOf(request), this.url, error);
      });
    const answer = jsonOrNull(text);
    if (status < 200 || status >= 300 || status === 202) {
      throw new Refused(nameOf(request), status, answer, retryAfterMs(retryAfter, Date.now()));
    }
    if (request.isFinal?.(answer) === false) throw new NotYet(nameOf(request));
    return answer;
  }

  private exchangeOf({ method, path, key, idempotencyKey, body }: Request): Exchange {
    const headers = {
      accept: 'application/json',
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    };
    return { method, url: `${this.url}/${path}`, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
  }
}

/** Throws Failure for an answer of another form. */
function understood<Schema extends TSchema>(request: Request, answer: unknown, schema: Schema): Static<Schema> {
  if (Value.Check(schema, answer)) return answer;
  const [error] = Value.Errors(schema, answer);
  throw new Failure(
    `${nameOf(request)} answered what this program does not understand: ${error?.instancePath} ${error?.message}`,
  );
}

const nameOf = ({ method, path }: Request): string => `${method} /${path}`;

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
