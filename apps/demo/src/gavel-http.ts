import { randomUUID } from 'node:crypto';

/** An answer other than success, or none (status 0): a bot that comes too late gets one now and then. */
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

  /** Throws Refused, and what `fetch` throws after the signal. */
  private async call<T>(method: string, path: string, body?: object): Promise<T> {
    const { ok, status, answer } = await this.ask(method, path, body).catch((error: unknown) => {
      if (this.signal.aborted) throw error;
      throw new Refused(0, 'no-answer', `${method} ${path} got no answer: ${error}`);
    });
    if (ok) return answer as T;
    const { code = '', detail = '' } = answer as { code?: string; detail?: string };
    throw new Refused(status, code, `${method} ${path} was refused, ${status} ${code}: ${detail}`);
  }

  private async ask(method: string, path: string, body?: object) {
    const response = await fetch(this.url + path, {
      method,
      signal: this.signal,
      headers: {
        authorization: `Bearer ${this.key}`,
        ...(body !== undefined && { 'content-type': 'application/json', 'idempotency-key': randomUUID() }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { ok: response.ok, status: response.status, answer: (await response.json()) as unknown };
  }
}
