import { once } from 'node:events';
import { Compile } from 'typebox/compile';
import { WebSocket } from 'ws';
import type { ClientMessage, Subscription } from '#contracts/push/client-messages.js';
import { ServerMessage } from '#contracts/push/server-messages.js';
import { until } from '#testing/until.js';
import type { GavelClient } from './gavel-client.js';

/** Any message, for a test that looks into it. */
// biome-ignore lint/suspicious/noExplicitAny: a test looks at whatever came
export type Message = ServerMessage & Record<string, any>;

const schema = Compile(ServerMessage);

/** A WebSocket client that keeps everything it gets. Throws for what is no message of the contract. */
export class PushClient {
  readonly messages: Message[] = [];
  readonly texts: string[] = [];
  closed: { code: number; reason: string } | null = null;

  private constructor(readonly ws: WebSocket) {
    ws.on('message', (data) => {
      const text = data.toString();
      const message = JSON.parse(text) as Message;
      if (!schema.Check(message)) throw new Error(`no message of the contract: ${text}`);
      this.texts.push(text);
      this.messages.push(message);
    });
    ws.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() };
    });
    ws.on('error', () => undefined);
  }

  /** Connects, with the key of the caller in a header. */
  static async open({ url, key }: Pick<GavelClient, 'url' | 'key'>, headers: object = {}): Promise<PushClient> {
    const credential = key === null ? {} : { authorization: `Bearer ${key}` };
    const ws = new WebSocket(`${url.replace('http', 'ws')}/ws`, { headers: { ...credential, ...headers } });
    const client = new PushClient(ws);
    await once(ws, 'open');
    return client;
  }

  /** Connects, subscribes, and waits until that is done. */
  static async subscribed(caller: GavelClient, subscription: Subscription): Promise<PushClient> {
    const client = await PushClient.open(caller);
    await client.subscribe(subscription);
    return client;
  }

  async subscribe(subscription: Subscription): Promise<void> {
    const before = this.of('Subscribed').length;
    this.send({ subscribe: subscription });
    await until(() => this.of('Subscribed').length > before);
  }

  send(message: ClientMessage | object | string): void {
    this.ws.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** The messages of some types, in order. */
  of(...types: ServerMessage['type'][]): Message[] {
    return this.messages.filter(({ type }) => types.includes(type));
  }

  /** The position to go on behind. */
  get after(): string {
    const telling = this.messages.filter(({ type, position }) => !type.endsWith('Snapshot') && position !== undefined);
    const last = telling.at(-1)?.position;
    if (last === undefined) throw new Error('no position was told yet');
    return last;
  }

  async next(type: ServerMessage['type'], count = 1): Promise<Message> {
    await until(() => this.of(type).length >= count);
    return this.of(type)[count - 1] as Message;
  }

  async gone(): Promise<{ code: number; reason: string }> {
    await until(() => this.closed !== null);
    return this.closed as { code: number; reason: string };
  }

  close(): void {
    this.ws.terminate();
  }
}
