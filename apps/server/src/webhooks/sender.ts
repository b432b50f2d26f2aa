import { isIP } from 'node:net';
import { Agent, request } from 'undici';
import type { EpochMs } from '#contracts/time.js';
import { AddressRefused, checkedLookup, dnsResolve, type Resolve } from './checked-lookup.js';
import { type EndpointPolicy, endpointFault, hostOf } from './endpoint-url.js';
import { retryAfter } from './retry-schedule.js';
import type { Signed } from './signature.js';

/** What became of one attempt. */
export interface Attempt {
  readonly delivered: boolean;
  /** Null: no answer came. */
  readonly status: number | null;
  /** Why it failed, in one line, for the partner; null: it did not. */
  readonly error: string | null;
  readonly retryAfterMs: number | null;
  readonly milliseconds: number;
}

export interface Delivery {
  /** Each subscription has connections of its own: one that hangs holds nobody else's. */
  readonly webhookId: string;
  readonly url: string;
  readonly headers: Signed;
  readonly body: string;
}

export interface SenderOptions extends EndpointPolicy {
  /** How long an endpoint may take for its answer, milliseconds. */
  readonly timeoutMs?: number;
  readonly resolve?: Resolve;
  /** Certificates that are trusted beside the usual ones. */
  readonly ca?: string;
  readonly now?: () => EpochMs;
}

const TIMEOUT_MS = 15_000;
const CONNECT_MS = 5_000;
/** Of an answer, which nobody reads. */
const MAX_ANSWER = 64 * 1024;
export const MAX_AT_ONCE = 8;

/** Where deliveries go out. */
export interface Post {
  /** Never rejects. */
  send(delivery: Delivery): Promise<Attempt>;
  /** Lets go of the connections of a subscription. */
  forget(webhookId: string): void;
  close(): Promise<void>;
}

/** Posts deliveries over HTTP. Follows no redirect: whoever wants another address names it. */
export class Sender implements Post {
  private readonly agents = new Map<string, Agent>();
  private readonly lookup: ReturnType<typeof checkedLookup>;

  constructor(private readonly options: SenderOptions) {
    this.lookup = checkedLookup(options.resolve ?? dnsResolve(), options.allowPrivate);
  }

  async send({ webhookId, url, headers, body }: Delivery): Promise<Attempt> {
    const started = performance.now();
    const ended = (rest: Omit<Attempt, 'milliseconds'>): Attempt => ({
      ...rest,
      milliseconds: performance.now() - started,
    });
    const failed = (error: string, status: number | null = null, retryAfterMs: number | null = null): Attempt =>
      ended({ delivered: false, status, error, retryAfterMs });

    // A connection to an address looks nothing up, and settings may have become stricter since the subscription.
    const fault = endpointFault(url, this.options);
    if (fault !== null) return failed(`the address ${fault}`);
    const { now = Date.now, timeoutMs = TIMEOUT_MS } = this.options;
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const answer = await request(url, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json', 'user-agent': 'Gavel-Webhooks/1' },
        body,
        dispatcher: this.agentOf(webhookId, new URL(url)),
        signal,
      });
      // The status has decided; the rest is read so that the connection can be used again.
      await answer.body.dump({ limit: MAX_ANSWER, signal }).catch(() => undefined);
      const { statusCode: status } = answer;
      if (status >= 200 && status < 300) return ended({ delivered: true, status, error: null, retryAfterMs: null });
      const wait = answer.headers['retry-after'];
      return failed(`status ${status}`, status, retryAfter(Array.isArray(wait) ? wait[0] : wait, now()));
    } catch (error) {
      return failed(signal.aborted ? `no answer within ${timeoutMs} ms` : reasonOf(error));
    }
  }

  forget(webhookId: string): void {
    void this.agents.get(webhookId)?.destroy();
    this.agents.delete(webhookId);
  }

  async close(): Promise<void> {
    await Promise.all([...this.agents.values()].map((agent) => agent.destroy()));
    this.agents.clear();
  }

  private agentOf(webhookId: string, url: URL): Agent {
    let agent = this.agents.get(webhookId);
    if (agent === undefined) {
      const { ca, timeoutMs = TIMEOUT_MS } = this.options;
      agent = new Agent({
        connections: MAX_AT_ONCE,
        pipelining: 1,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
        connect: {
          timeout: CONNECT_MS,
          ...(isIP(hostOf(url)) === 0 && { lookup: this.lookup }),
          ...(ca !== undefined && { ca }),
        },
      });
      this.agents.set(webhookId, agent);
    }
    return agent;
  }
}

/** Says what a partner can act on, and nothing of addresses inside. */
function reasonOf(error: unknown): string {
  const { code, message, cause } = error as NodeJS.ErrnoException & { cause?: unknown };
  if (error instanceof AddressRefused) return message;
  if (cause instanceof AddressRefused) return cause.message;
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return `no connection within ${CONNECT_MS} ms`;
  return (code ?? message ?? 'no connection').slice(0, 200);
}
