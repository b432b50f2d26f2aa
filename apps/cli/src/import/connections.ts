import {
  type ClientRequest,
  Agent as HttpAgent,
  type IncomingMessage,
  request as overHttp,
  type RequestOptions,
} from 'node:http';
import { Agent as HttpsAgent, request as overHttps } from 'node:https';

/** Of one request, from its first byte to the last of its answer. */
const TIMEOUT_MS = 30_000;
const MAX_ANSWER_CHARACTERS = 1_048_576;

export interface Exchange {
  readonly method: string;
  /** Absolute. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly text: string;
}

/** At most so many connections to a server, kept open between requests; a request waits for a free one. `fetch` has no such bound. */
export class Connections {
  private readonly agent: HttpAgent | HttpsAgent;
  private readonly open: (
    url: string,
    options: RequestOptions,
    onAnswer: (answer: IncomingMessage) => void,
  ) => ClientRequest;

  constructor(isSecure: boolean, atMost: number) {
    const options = { keepAlive: true, maxSockets: atMost };
    this.agent = isSecure ? new HttpsAgent(options) : new HttpAgent(options);
    this.open = isSecure ? overHttps : overHttp;
  }

  /** Rejects when no whole answer came. */
  send({ method, url, headers, body }: Exchange): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const request = this.open(url, { method, headers, agent: this.agent }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
          if (text.length > MAX_ANSWER_CHARACTERS) request.destroy(new Error('the answer is too long'));
        });
        response.on('error', reject);
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'] ?? null, text });
        });
      });
      const timer = setTimeout(() => request.destroy(new Error('it took too long')), TIMEOUT_MS);
      request.on('close', () => clearTimeout(timer));
      request.on('error', reject);
      request.end(body);
    });
  }

  /** Closes the connections that are not in use. */
  close(): void {
    this.agent.destroy();
  }
}
