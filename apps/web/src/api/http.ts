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

/** True also once the server can be reached again. */
const notKnown: Problem = {
  type: 'about:blank',
  title: 'It is not known whether this was done',
  status: 0,
  code: 'not-known',
  detail: 'No answer has come. Do the same again to ask: it is done once at most.',
};

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

/** No connection, or an answer of somebody else. */
const isNoAnswer = ({ problem: { status, code } }: ApiProblem): boolean => status === 0 || code === 'not-understood';

/** What a repeat under the same key can cure: no answer, too busy, too fast. */
const passes = (error: ApiProblem): boolean =>
  isNoAnswer(error) || error.problem.status === 429 || error.problem.status === 503;
const PAUSES_MS = [200, 500, 1_000, 2_000];

/** Keys of the commands of which it is not known what came of them, by what they are. */
const unsettled = new Map<string, string>();

/**
 * Carries out a command once, however often it has to be sent, and whoever asks for it again before it is known what came of it: the same
 * command keeps its key until it is answered. Throws ApiProblem.
 */
export async function command<T>(path: string, body: unknown = {}, ownKey?: string): Promise<Answered<T>> {
  const what = `${path} ${JSON.stringify(body)}`;
  const idempotencyKey = ownKey ?? unsettled.get(what) ?? newKey();
  unsettled.set(what, idempotencyKey);
  try {
    const answer = await sendUntilAnswered<T>(path, { body, idempotencyKey });
    unsettled.delete(what);
    return answer;
  } catch (error) {
    if (error instanceof ApiProblem && isRefusal(error)) unsettled.delete(what);
    throw error;
  }
}

/** The server has said no. Another time it may say yes: too fast, too busy, something broken. */
const isRefusal = ({ problem: { status, code } }: ApiProblem): boolean =>
  status >= 400 && status < 500 && status !== 429 && code !== 'not-understood';

async function sendUntilAnswered<T>(path: string, options: CallOptions): Promise<Answered<T>> {
  let isUnknown = false;
  for (let sent = 0; ; sent += 1) {
    try {
      return await call<T>('POST', path, options);
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      isUnknown ||= isNoAnswer(error);
      const pause = passes(error) ? PAUSES_MS[sent] : undefined;
      if (pause === undefined) throw isUnknown && !isRefusal(error) ? new ApiProblem(notKnown) : error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

/** `crypto.randomUUID` is missing where a phone in the same network opens the page without TLS. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
