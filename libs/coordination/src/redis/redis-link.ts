import { hash } from 'node:crypto';
import { Redis } from 'ioredis';

/** Longer than a round trip takes while all is well, pauses of this process included; nobody waits longer for a hint. Milliseconds. */
const ANSWER_MS = 250;
/** While Redis does not answer, it is asked so often whether it does again. Milliseconds. */
const PROBE_MS = 500;
const CONNECT_MS = 1_000;

/** A script on one key, so that it runs on a cluster, too. It never answers nil. */
export interface LuaScript {
  readonly name: string;
  readonly lua: string;
  readonly sha: string;
}

export const luaScript = (name: string, lua: string): LuaScript => ({ name, lua, sha: hash('sha1', lua) });

export interface RedisLinkOptions {
  /** How long an answer is waited for, milliseconds. */
  readonly answerMs?: number;
  /** A script was answered. */
  readonly onAnswer?: (script: string, seconds: number) => void;
  /** A script was not answered, or not asked because Redis is away: somebody has to do without. */
  readonly onFallback?: (script: string) => void;
  /** Redis went away (the reason), or is back (null). */
  readonly onChange?: (away: string | null) => void;
}

/**
 * A connection to a Redis whose answers are hints: nobody waits for one longer than 250 ms, and while Redis does not answer nobody
 * waits at all. The first call that gets no answer opens the circuit; a probe in the background closes it again.
 */
export class RedisLink {
  private readonly redis: Redis;
  private readonly probing: NodeJS.Timeout;
  private reason: string | null = 'not connected yet';
  private closed = false;

  private constructor(
    url: string,
    private readonly options: RedisLinkOptions,
  ) {
    this.redis = new Redis(url, {
      connectTimeout: CONNECT_MS,
      commandTimeout: options.answerMs ?? ANSWER_MS,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      retryStrategy: (attempt) => Math.min(PROBE_MS, 20 * 2 ** attempt),
      // After a fail-over the old master may be a replica now.
      reconnectOnError: (error) => error.message.startsWith('READONLY'),
    });
    this.redis.on('ready', () => this.change(null));
    this.redis.on('error', (error: Error) => this.change(error.message));
    this.redis.on('close', () => this.change(this.reason ?? 'the connection was closed'));
    this.probing = setInterval(() => void this.probe(), PROBE_MS).unref();
  }

  /** Answers once it is connected, or once that has failed for the first time: a hint is not worth waiting for. */
  static async open(url: string, options: RedisLinkOptions = {}): Promise<RedisLink> {
    const link = new RedisLink(url, options);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, CONNECT_MS);
      const done = () => {
        clearTimeout(timer);
        resolve();
      };
      link.redis.once('ready', done);
      link.redis.once('close', done);
    });
    return link;
  }

  /** Why Redis is not asked; null while it is. */
  get away(): string | null {
    return this.reason;
  }

  /** What the script answers; null when Redis does not, in time. Never rejects. */
  async run(script: LuaScript, key: string, args: readonly (string | number)[]): Promise<unknown> {
    if (this.reason !== null) {
      this.options.onFallback?.(script.name);
      return null;
    }
    const started = performance.now();
    try {
      const answer = await this.evaluate(script, key, args);
      this.options.onAnswer?.(script.name, (performance.now() - started) / 1_000);
      return answer;
    } catch (error) {
      const { name, message } = error as Error;
      // What Redis itself refuses, a key that somebody else has written say, tells nothing of other keys.
      if (name !== 'ReplyError') this.change(message);
      this.options.onFallback?.(script.name);
      return null;
    }
  }

  /** Ends after the answers that are under way, if they come in time. */
  async close(): Promise<void> {
    clearInterval(this.probing);
    this.closed = true;
    if (this.reason === null) await this.redis.quit().catch(() => undefined);
    this.redis.disconnect();
  }

  /** By its digest; Redis is told the text where it does not know it, as after a restart. */
  private async evaluate({ sha, lua }: LuaScript, key: string, args: readonly (string | number)[]): Promise<unknown> {
    try {
      return await this.redis.evalsha(sha, 1, key, ...args);
    } catch (error) {
      if (!(error as Error).message.startsWith('NOSCRIPT')) throw error;
      return this.redis.eval(lua, 1, key, ...args);
    }
  }

  /** Only while Redis is away. A connection that is open and mute is replaced. */
  private async probe(): Promise<void> {
    if (this.reason === null || this.redis.status === 'connecting' || this.redis.status === 'reconnecting') return;
    try {
      await this.redis.ping();
      this.change(null);
    } catch {
      this.redis.disconnect(true);
    }
  }

  private change(reason: string | null): void {
    if (this.closed) return;
    const changed = (reason === null) !== (this.reason === null);
    this.reason = reason;
    if (changed) this.options.onChange?.(reason);
  }
}
