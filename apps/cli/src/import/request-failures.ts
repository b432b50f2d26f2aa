import { Failure } from '../failure.js';

/** The server answered, and not with success. The message is one line: the request, the status, the code, the reason. */
export class Refused extends Failure {
  readonly code: string;

  constructor(
    request: string,
    readonly status: number,
    problem: unknown,
    /** The wait that the server asks for, milliseconds; null when it asks for none. */
    readonly retryAfterMs: number | null,
  ) {
    const { code, detail } = { code: '', detail: '', ...(problem as { code?: string; detail?: string } | null) };
    super([request, 'answered', status, code, detail].filter((part) => part !== '').join(' '));
    this.code = code;
  }
}

/** No answer came: no connection, or one that broke or fell silent. What was asked may have been done all the same. */
export class NoAnswer extends Failure {
  constructor(request: string, url: string, cause: unknown) {
    super(`${request} got no answer from ${url}: ${reasonOf(cause)}`, { cause });
  }
}

/** The server answered, but what is waited for has not happened. */
export class NotYet extends Failure {
  constructor(request: string) {
    super(`${request}: what it waits for does not happen`);
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}
