import type { ClientMessage, Topics } from '#contracts/push/client-messages.js';
import type { ServerMessage } from '#contracts/push/server-messages.js';
import { session } from '../api/session.js';
import { lotStore } from './lot-store.js';

export type Connection = 'idle' | 'connecting' | 'live' | 'lost';
export type Listener = (message: ServerMessage) => void;
export type Kind = 'lots' | 'auctions';

/** Close code of a connection without a valid credential. */
const NO_CREDENTIAL = 4401;
/** Why it is closed when the credential was good until now. */
const EXPIRED = 'credential-expired';
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 8_000;

/**
 * The connection that brings news of what is looked at. After any break it asks for what came since the last message, so that
 * nothing is missed and nothing comes twice.
 */
export class LiveFeed {
  private socket: WebSocket | null = null;
  private connection: Connection = 'idle';
  /** How many parts of the page watch a topic. */
  private readonly watched = { lots: new Map<string, number>(), auctions: new Map<string, number>() };
  /** Topics whose snapshot has come, and of auctions those of all their lots: they go on behind `position`. */
  private readonly begun = new Set<string>();
  /** Topics whose snapshot has come, and perhaps not yet those of their lots. */
  private readonly begins = new Set<string>();
  private position: string | null = null;
  private isKnown = false;
  private attempts = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private silence: ReturnType<typeof setTimeout> | undefined;
  private heartbeatMs = 30_000;
  private readonly listeners = new Set<Listener>();
  private readonly connectionListeners = new Set<() => void>();

  constructor(private readonly open: () => WebSocket) {}

  readonly state = (): Connection => this.connection;
  readonly onState = (listener: () => void): (() => void) => {
    this.connectionListeners.add(listener);
    return () => this.connectionListeners.delete(listener);
  };

  onMessage(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Watches topics until the function that comes back is called. */
  watch(topics: Pick<Topics, Kind>): () => void {
    const added: Record<Kind, string[]> = { lots: [], auctions: [] };
    for (const kind of ['lots', 'auctions'] as const) {
      for (const id of topics[kind] ?? []) {
        const count = this.watched[kind].get(id) ?? 0;
        this.watched[kind].set(id, count + 1);
        if (count === 0) added[kind].push(id);
      }
    }
    if (this.isKnown) this.subscribe(added);
    this.connect();
    return () => this.unwatch(topics);
  }

  private unwatch(topics: Pick<Topics, Kind>): void {
    const gone: Record<Kind, string[]> = { lots: [], auctions: [] };
    for (const kind of ['lots', 'auctions'] as const) {
      for (const id of topics[kind] ?? []) {
        const count = this.watched[kind].get(id) ?? 0;
        if (count > 1) this.watched[kind].set(id, count - 1);
        else if (this.watched[kind].delete(id)) gone[kind].push(id);
        if (count <= 1) this.forget(id);
      }
    }
    if (this.isKnown && gone.lots.length + gone.auctions.length > 0) this.send({ unsubscribe: withoutEmpty(gone) });
  }

  /** Signed out: nothing of this user stays. */
  close(): void {
    clearTimeout(this.retry);
    this.retry = undefined;
    this.position = null;
    this.begun.clear();
    this.begins.clear();
    this.dropSocket();
    this.become('idle');
    if (this.watched.lots.size + this.watched.auctions.size > 0 && session.key() !== null) this.connect();
  }

  private connect(): void {
    if (this.socket !== null || this.retry !== undefined || session.key() === null) return;
    if (this.connection !== 'lost') this.become('connecting');
    const socket = this.open();
    this.socket = socket;
    socket.onopen = () => this.send({ authenticate: session.key() ?? '' });
    socket.onmessage = ({ data }) => this.received(JSON.parse(String(data)) as ServerMessage);
    socket.onclose = ({ code, reason }) => {
      if (socket !== this.socket) return;
      if (code === NO_CREDENTIAL)
        session.signOut(`Your ${reason === EXPIRED ? 'token has expired' : 'key is no longer valid'}.`);
      else this.lost(socket);
    };
  }

  private lost(socket: WebSocket): void {
    if (socket !== this.socket) return;
    this.dropSocket();
    this.become('lost');
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.attempts);
    this.attempts += 1;
    // Spread, so that all the pages do not come back in the same moment after a restart.
    this.retry = setTimeout(
      () => {
        this.retry = undefined;
        this.connect();
      },
      pause * (0.5 + Math.random() / 2),
    );
  }

  private dropSocket(): void {
    const { socket } = this;
    this.socket = null;
    this.isKnown = false;
    this.begins.clear();
    clearTimeout(this.silence);
    socket?.close();
  }

  private received(message: ServerMessage): void {
    this.expectMore();
    switch (message.type) {
      case 'Welcome':
        this.heartbeatMs = message.heartbeatSeconds * 1_000;
        this.isKnown = true;
        this.resume();
        return;
      case 'Goodbye':
        return;
      case 'Subscribed':
        // It may answer an earlier subscription: what has not come yet has not begun.
        for (const id of this.begins) this.begun.add(id);
        this.begins.clear();
        this.isLive();
        break;
      case 'AuctionSnapshot':
        this.begin('auctions', message.auctionId);
        break;
      case 'LotSnapshot':
        this.begin('lots', message.lotId);
        lotStore.put(message.data);
        lotStore.meant(message.lotId, message.you);
        break;
      case 'Problem':
        if (message.errors?.some(({ field }) => field === 'subscribe.after')) this.beginAnew();
        break;
      default:
        this.apply(message);
    }
    // A snapshot may be newer than what is still to come of other lots: one goes on behind events alone.
    if ('position' in message && !message.type.endsWith('Snapshot')) this.position = message.position;
    for (const listener of this.listeners) listener(message);
  }

  /** Of the lots of an auction too there are snapshots; only those that are watched themselves are topics. */
  private begin(kind: Kind, id: string): void {
    if (this.watched[kind].has(id)) this.begins.add(id);
  }

  private forget(id: string): void {
    this.begun.delete(id);
    this.begins.delete(id);
  }

  private apply(message: ServerMessage): void {
    if (!('lotId' in message) || typeof message.lotId !== 'string' || !('position' in message)) return;
    const lot = 'lot' in message ? message.lot : null;
    if (lot) lotStore.patch(message.lotId, message.position, lot);
    const you = 'you' in message ? message.you : undefined;
    if (lot || you) lotStore.meant(message.lotId, you);
  }

  /** What was watched before goes on where it broke off; what is new begins with a snapshot. */
  private resume(): void {
    const old = this.topics((id) => this.begun.has(id));
    if (this.position !== null) this.subscribe(old, this.position);
    this.subscribe(this.topics((id) => this.position === null || !this.begun.has(id)));
    // Nothing is looked at: nothing will be answered.
    if (this.watched.lots.size + this.watched.auctions.size === 0) this.isLive();
  }

  /** The server does not know the position, as after its store was set back: nothing goes on behind it. */
  private beginAnew(): void {
    this.position = null;
    this.begun.clear();
    // What is known stands behind what will come, and would win.
    lotStore.clear();
    this.resume();
  }

  private isLive(): void {
    this.attempts = 0;
    this.become('live');
  }

  private topics(wanted: (id: string) => boolean): Record<Kind, string[]> {
    return {
      lots: [...this.watched.lots.keys()].filter(wanted),
      auctions: [...this.watched.auctions.keys()].filter(wanted),
    };
  }

  private subscribe(topics: Record<Kind, string[]>, after?: string): void {
    if (topics.lots.length + topics.auctions.length === 0) return;
    this.send({ subscribe: { ...withoutEmpty(topics), ...(after !== undefined && { after }) } });
  }

  private send(message: ClientMessage): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  /** A connection that died without a word is noticed by its silence. */
  private expectMore(): void {
    clearTimeout(this.silence);
    const { socket } = this;
    if (socket !== null) this.silence = setTimeout(() => this.lost(socket), this.heartbeatMs * 2);
  }

  private become(connection: Connection): void {
    if (connection === this.connection) return;
    this.connection = connection;
    for (const listener of this.connectionListeners) listener();
  }
}

const withoutEmpty = (topics: Record<Kind, string[]>): Topics => ({
  ...(topics.lots.length > 0 && { lots: topics.lots }),
  ...(topics.auctions.length > 0 && { auctions: topics.auctions }),
});

export const liveFeed = new LiveFeed(() => new WebSocket(new URL('/ws', location.href.replace(/^http/, 'ws'))));
