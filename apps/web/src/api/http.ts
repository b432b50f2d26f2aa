import type { Problem } from '#contracts/http/problem.js';
import { session } from './session.js';

/** An answer other than success, or none at all (status 0). */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';

  constructor(readonly problem: Problem) {
    super(problem.detail ?? problem.title);
  }

  /** What is wrong with each field, for a form. */
  get fields(): Record<string, string> {
    return Object.fromEntries((this.problem.errors ?? []).map(({ field, message }) => [field, message]));
  }
}

const unreachable: Problem = {
  type: 'about:blank',
  title: 'No connection',
  status: 0,
  code: 'unreachable',
  detail: 'The server cannot be reached.',
};

/** What came is not what this server answers: a proxy, a wall of a hotel's network or another program has answered in its place. */
const notUnderstood = (status: number): Problem => ({
  type: 'about:blank',
  title: 'An answer that is not understood',
  status,
  code: 'not-understood',
  detail: `Something between here and the server has answered in its place (${status}).`,
});

interface CallOptions {
  readonly body?: unknown;
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
  /** Instead of the key of the session. */
  readonly key?: string;
  /** What a good answer is; JSON by default. */
  readonly expects?: 'application/json' | 'text/plain';
}

export interface Answered<T> {
  readonly status: number;
  readonly body: T;
}

/** Calls the API as whoever is signed in. Throws ApiProblem. A key that is no longer valid signs out. */
export async function call<T>(method: string, path: string, options: CallOptions = {}): Promise<Answered<T>> {
  const { body, idempotencyKey, signal, key = session.key(), expects = 'application/json' } = options;
  const noAnswer = (error: unknown): never => {
    throw signal?.aborted ? error : new ApiProblem(unreachable);
  };
  const response = await fetch(path, {
    method,
    headers: {
      accept: 'application/json',
      ...(key !== null && { authorization: `Bearer ${key}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal !== undefined && { signal }),
  }).catch(noAnswer);
  const type = response.headers.get('content-type') ?? '';
  const isJson = type.includes('json');
  // An answer may also break off on its way.
  const answer: unknown = await (isJson ? response.json() : response.text()).catch(noAnswer);
  if (response.ok && type.startsWith(expects)) return { status: response.status, body: answer as T };
  if (!isProblem(answer)) throw new ApiProblem(notUnderstood(response.status));
  if (answer.status === 401 && options.key === undefined) session.signOut('Your key is no longer valid.');
  throw new ApiProblem(answer);
}

const isProblem = (answer: unknown): answer is Problem =>
  typeof answer === 'object' && answer !== null && 'code' in answer && 'status' in answer;

export const get = async <T>(path: string, signal?: AbortSignal): Promise<T> =>
  (await call<T>('GET', path, signal === undefined ? {} : { signal })).body;

/** What a repeat under the same key can cure: no connection, too busy, too fast, an answer of somebody else. */
const passes = ({ problem: { status, code } }: ApiProblem): boolean =>
  status === 0 || status === 429 || status === 503 || code === 'not-understood';
const PAUSES_MS = [200, 500, 1_000, 2_000];

/** Carries out a command once, however often it has to be sent. Throws ApiProblem. */
export async function command<T>(path: string, body: unknown = {}, idempotencyKey = newKey()): Promise<Answered<T>> {
  for (const pause of PAUSES_MS) {
    try {
      return await call<T>('POST', path, { body, idempotencyKey });
    } catch (error) {
      if (!(error instanceof ApiProblem && passes(error))) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
  return call<T>('POST', path, { body, idempotencyKey });
}

/** `crypto.randomUUID` is missing where a phone in the same network opens the page without TLS. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
