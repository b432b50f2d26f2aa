import { randomUUID } from 'node:crypto';

/** An answer other than success: a bot that comes too late gets one now and then. */
export class Refused extends Error {
  override readonly name = 'Refused';

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** The HTTP interface as one caller sees it: bots and sample auctions use nothing else. */
export class GavelHttp {
  constructor(
    private readonly url: string,
    private readonly key: string,
    private readonly signal: AbortSignal,
  ) {}

  get<T>(path: string): Promise<T> {
    return this.call('GET', path);
  }

  post<T>(path: string, body: object = {}): Promise<T> {
    return this.call('POST', path, body);
  }

  /** Throws Refused, and what `fetch` throws when there is no answer. */
  private async call<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(this.url + path, {
      method,
      signal: this.signal,
      headers: {
        authorization: `Bearer ${this.key}`,
        ...(body !== undefined && { 'content-type': 'application/json', 'idempotency-key': randomUUID() }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as { code?: string; detail?: string };
    if (!response.ok) {
      const { code = '', detail = response.statusText } = answer;
      throw new Refused(response.status, code, `${method} ${path} was refused, ${response.status} ${code}: ${detail}`);
    }
    return answer as T;
  }
}
