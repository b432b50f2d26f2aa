import type { LotSnapshot, ServerMessage } from '#contracts/push/server-messages.js';

const OPEN = 1;
const serverTime = '2026-01-01T00:00:00.000Z';
const welcome: ServerMessage = { type: 'Welcome', role: 'bidder', subject: 'ada', heartbeatSeconds: 15, serverTime };
const subscribed = (position: string): ServerMessage => ({ type: 'Subscribed', position, serverTime });

const snapshot = (lotId: string, position: string): ServerMessage =>
  ({ type: 'LotSnapshot', lotId, position, serverTime, data: { lotId, position } }) as LotSnapshot;

/** The other end of the connection, as a test wants it. */
class Line {
  readonly readyState = OPEN;
  readonly sent: unknown[] = [];
  onopen = () => undefined;
  onmessage: (event: { data: string }) => void = () => undefined;
  onclose: (event: { code: number; reason?: string }) => void = () => undefined;

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  close(): void {}
  say(message: ServerMessage): void {
    this.onmessage({ data: JSON.stringify(message) });
  }
}

// What a browser has, and the page asks for as it is loaded.
const kept = { getItem: () => 'a-key', setItem: () => undefined, removeItem: () => undefined };
Object.assign(globalThis, { sessionStorage: kept, WebSocket: { OPEN } });
const { LiveFeed } = await import('./live-feed.js');
const { session } = await import('../api/session.js');
const { lotStore } = await import('./lot-store.js');

describe('the live feed of the page', () => {
  const lines: Line[] = [];
  const line = () => lines.at(-1) as Line;
  let feed: InstanceType<typeof LiveFeed>;
  beforeEach(() => {
    lines.length = 0;
    feed = new LiveFeed(() => {
      lines.push(new Line());
      return line() as unknown as WebSocket;
    });
  });

  const begins = (lotId: string, position: string) => {
    line().say(snapshot(lotId, position));
    line().say(subscribed(position));
  };
  /** The connection breaks; resolves when the feed has opened the next one. */
  const breaks = async () => {
    const before = lines.length;
    line().onclose({ code: 1006 });
    while (lines.length === before) await new Promise((resolve) => setTimeout(resolve, 10));
  };

  it('goes on behind the last message after a break', async () => {
    feed.watch({ lots: ['one'] });
    line().say(welcome);
    begins('one', '7');
    expect(feed.state()).toBe('live');
    await breaks();
    expect(feed.state()).toBe('lost');
    line().say(welcome);
    expect(line().sent).toEqual([{ subscribe: { lots: ['one'], after: '7' } }]);
  });

  it('begins anew with what had not come yet when the connection broke', async () => {
    feed.watch({ lots: ['one'] });
    line().say(welcome);
    feed.watch({ lots: ['two'] });
    // The answer to the first; that to the second is lost.
    begins('one', '7');
    await breaks();
    line().say(welcome);
    expect(line().sent).toEqual([{ subscribe: { lots: ['one'], after: '7' } }, { subscribe: { lots: ['two'] } }]);
  });

  it('begins anew with an auction of whose lots some had not come yet', async () => {
    feed.watch({ lots: ['one'] });
    line().say(welcome);
    begins('one', '7');
    feed.watch({ auctions: ['sale'] });
    line().say({ type: 'AuctionSnapshot', auctionId: 'sale' } as ServerMessage);
    line().say(snapshot('two', '8'));
    await breaks();
    line().say(welcome);
    expect(line().sent).toEqual([{ subscribe: { lots: ['one'], after: '7' } }, { subscribe: { auctions: ['sale'] } }]);
  });

  it('begins anew when the server does not know the position that it goes on behind', async () => {
    feed.watch({ lots: ['one'] });
    line().say(welcome);
    begins('one', '7');
    await breaks();
    line().say(welcome);
    const errors = [{ field: 'subscribe.after', message: 'is a position that the event store has not reached' }];
    line().say({ type: 'Problem', code: 'validation-failed', detail: '', errors });
    expect(line().sent.slice(1)).toEqual([{ subscribe: { lots: ['one'] } }]);
    begins('one', '3');
    expect(lotStore.lot('one')).toMatchObject({ position: '3' });
    await breaks();
    line().say(welcome);
    expect(line().sent).toEqual([{ subscribe: { lots: ['one'], after: '3' } }]);
  });

  it('is live again after a break also while nothing is looked at', async () => {
    const leave = feed.watch({ lots: ['one'] });
    line().say(welcome);
    begins('one', '7');
    leave();
    await breaks();
    line().say(welcome);
    expect(line().sent).toEqual([]);
    expect(feed.state()).toBe('live');
  });

  it('signs out by the word of its own connection, not of one that was given up', async () => {
    feed.watch({ lots: ['one'] });
    const [before] = lines;
    await breaks();
    before?.onclose({ code: 4401 });
    expect(session.get().state).toBe('checking');
    line().onclose({ code: 4401, reason: 'credential-expired' });
    expect(session.get()).toEqual({ state: 'signed-out', reason: 'Your token has expired.' });
  });
});
