import type { Subscription } from '#contracts/push/client-messages.js';
import type { Message } from '../../testing/push-client.js';
import type { Client } from '../client.js';
import type { Market } from './market.js';
import type { Wire } from './wire.js';

type Received = Message & { readonly id?: string };

export interface Watching {
  readonly format: Wire['format'];
  readonly topics: Omit<Subscription, 'after'>;
  /** The positions of the events of a lot. */
  truth(lotId: string): readonly number[];
}

/**
 * A client as docs/push.md tells to write one: keeps a position, connects again with it, and puts state and events together. Of
 * server-sent events the position is the last `id`, as a browser keeps it, and nothing that came is forgotten.
 */
export class CarefulClient {
  private link: { wire: Wire; client: Client } | null = null;
  private after: string | null = null;
  private isSubscribed = false;
  /** By lot: the position of the newest event that is known, in a snapshot or by itself. */
  readonly known = new Map<string, number>();
  readonly faults: string[] = [];
  events = 0;

  constructor(
    private readonly market: Market,
    private readonly watching: Watching,
  ) {}

  connect(): void {
    if (this.link !== null) return;
    this.link = this.market.connect(undefined, this.watching.format);
    this.isSubscribed = this.after !== null;
    const after = this.after === null ? {} : { after: this.after };
    void this.market.push.subscribe(this.link.client, { ...this.watching.topics, ...after });
  }

  /** The connection breaks; what was on its way is lost. */
  disconnect(): void {
    if (this.link === null) return;
    this.market.push.remove(this.link.client);
    this.link = null;
    if (!this.isSubscribed && !this.isStream) {
      this.after = null;
      this.known.clear();
    }
  }

  get isConnected(): boolean {
    return this.link !== null;
  }

  clog(): void {
    if (this.link !== null) this.link.wire.full = true;
  }

  unclog(): void {
    this.link?.wire.drain();
  }

  /** Answers how many messages there were. */
  read(most?: number): number {
    const messages = this.link?.wire.read(most) ?? [];
    for (const message of messages) this.take(message);
    return messages.length;
  }

  private get isStream(): boolean {
    return this.watching.format === 'events';
  }

  private take(message: Received): void {
    const { type, lotId, position } = message;
    if (type === 'Subscribed') this.isSubscribed = true;
    if (type === 'Problem') this.faults.push(`problem: ${message['code']}`);
    if (type === 'LotSnapshot') {
      const at = Number(message['data'].position);
      if (!this.isStream && at < (this.known.get(lotId as string) ?? 0))
        this.faults.push(`a snapshot of ${lotId} goes back`);
      this.known.set(lotId as string, at);
    } else if (typeof lotId === 'string') this.event(lotId, Number(position));
    this.keep(this.isStream ? message.id : type.endsWith('Snapshot') ? undefined : position);
  }

  private keep(position: string | undefined): void {
    if (position === undefined) return;
    const mayGoBack = !this.isStream && !this.isSubscribed;
    if (!mayGoBack && Number(position) < Number(this.after)) this.faults.push('a position goes back');
    this.after = position;
  }

  private event(lotId: string, at: number): void {
    const known = this.known.get(lotId) ?? 0;
    // Contained in the snapshot that was got before the connection broke.
    if (at <= known) return;
    const next = this.watching.truth(lotId).find((position) => position > known);
    if (at !== next) this.faults.push(`${lotId}: ${at} came behind ${known}, and not ${next}`);
    this.known.set(lotId, at);
    this.events += 1;
  }
}
