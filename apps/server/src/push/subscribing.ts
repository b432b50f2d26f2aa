import type { Subscription } from '#contracts/push/client-messages.js';
import type { SnapshotReason } from '#contracts/push/server-messages.js';
import type { EventReader, Position } from '#event-store/event-store.js';
import { Slots } from '#platform/slots.js';
import { lotIdsOf } from '#read-models/lots-of-auction.js';
import type { ReadModels } from '#read-models/read-models.js';
import { TimeSlice } from '#read-models/time-slice.js';
import { isInScope } from '../auth/principal.js';
import { tell } from './control-message.js';
import { Finding, PATIENCE_MS } from './finding.js';
import type { Hub } from './hub.js';
import { inBatches } from './message-batch.js';
import { isFor, MissedMessages } from './missed-messages.js';
import { tellMissing } from './missing.js';
import type { PushMessage } from './push-message.js';
import { NOWHERE, Reaching } from './reaching.js';
import { MAX_WAITING, type Subscriber } from './subscriber.js';

/** Clients for whom the store is read at once. */
const AT_ONCE = 4;

/** Brings a client into the feed: a snapshot or what it missed, then what comes, without gap or duplicate. */
export class Subscribing {
  private readonly reading = new Slots(AT_ONCE);
  private readonly reaching: Reaching;
  private readonly finding: Finding;
  private readonly missed: MissedMessages;

  constructor(
    private readonly hub: Hub,
    store: EventReader,
    private readonly listings: ReadModels['listings'],
  ) {
    this.reaching = new Reaching(hub, store);
    this.finding = new Finding(hub);
    this.missed = new MissedMessages(hub, store);
  }

  /** Resolves when the client is in the feed. What could not be subscribed to is told to the client. */
  async subscribe(subscriber: Subscriber, subscription: Subscription): Promise<void> {
    subscriber.subscribing += 1;
    let isMade = false;
    try {
      isMade = await this.make(subscriber, subscription);
    } finally {
      subscriber.settled(isMade ? this.hub.subscribed() : null);
    }
  }

  /** False when nothing was subscribed to. */
  private async make(subscriber: Subscriber, subscription: Subscription): Promise<boolean> {
    const { lots = [], auctions = [], all = false, after } = subscription;
    const reach = after === undefined ? null : await this.reaching.reach(after);
    if (reach === 'nowhere') {
      tell(subscriber, nowhere);
      return false;
    }
    const wanted = await this.inScope(subscriber, { lots: new Set(lots), auctions: new Set(auctions), all });
    if (after !== undefined && reach === 'reached' && (await this.resume(subscriber, wanted, after))) return true;
    await this.begin(subscriber, wanted, after === undefined ? 'subscribed' : 'too-far-behind');
    return true;
  }

  /** What is left of it for a key that is limited to some auctions: the others, and their lots, are not there for it. */
  private async inScope(subscriber: Subscriber, wanted: Wanted): Promise<Wanted> {
    const { caller } = subscriber;
    if (caller.auctionIds === null) return wanted;
    const left = { lots: new Set<string>(), auctions: new Set<string>(), all: false };
    for (const auctionId of wanted.auctions) {
      if (isInScope(caller, auctionId)) left.auctions.add(auctionId);
      else tellMissing(subscriber, { what: 'auction', id: auctionId, found: 'not-found' });
    }
    for (const lotId of wanted.lots) {
      const found = await this.finding.lot(subscriber, lotId);
      if (found === 'found') left.lots.add(lotId);
      else tellMissing(subscriber, { what: 'lot', id: lotId, found });
    }
    return left;
  }

  /** The client goes on behind `after`. False when what came since cannot be told in full. */
  private async resume(subscriber: Subscriber, wanted: Wanted, after: Position): Promise<boolean> {
    const { bidderId } = subscriber.caller;
    const wants = (about: About) => isWanted(about, wanted);
    await this.tellUnknown(subscriber, wanted);
    const missed = await this.reading.run(() => this.missed.behind(after, { wants, bidderId }));
    if (missed === null) return false;
    if (subscriber.closed) return true;
    // From here on nothing waits: what is remembered ends where the feed goes on.
    const concerns = (message: PushMessage) => isFor(message, bidderId) && wants(message);
    const recent = this.hub.recent.behind(missed.until, concerns, MAX_WAITING - missed.messages.length);
    if (recent === null || !this.hub.recent.reachesBackTo(missed.until)) return false;
    for (const batch of inBatches([...missed.messages, ...recent])) subscriber.send(batch);
    for (const lotId of wanted.lots) this.hub.topics.addLot(lotId, subscriber);
    for (const auctionId of wanted.auctions) this.hub.topics.addAuction(auctionId, subscriber);
    if (wanted.all) this.hub.topics.addAll(subscriber);
    return true;
  }

  private async tellUnknown(subscriber: Subscriber, { lots, auctions }: Wanted): Promise<void> {
    const missing = await this.finding.missing(subscriber, { lots: [...lots], auctions: [...auctions] });
    for (const one of missing) if (one.found === 'not-found') tellMissing(subscriber, one);
  }

  private async begin(subscriber: Subscriber, wanted: Wanted, reason: SnapshotReason): Promise<void> {
    // It went while it was looked for what it had missed: nobody would take it out of the topics again.
    if (subscriber.closed) return;
    subscriber.begin();
    if (wanted.all) {
      this.hub.topics.addAll(subscriber);
      if (reason === 'too-far-behind') tell(subscriber, tooFarBack);
    }
    const joinLot = (lotId: string, found: boolean) => {
      if (found) this.hub.topics.addLot(lotId, subscriber);
    };
    await this.sendLots(subscriber, [...wanted.lots], reason, joinLot);
    for (const auctionId of wanted.auctions) await this.joinAuction(subscriber, auctionId, reason);
  }

  /** The auction, then all its lots. What happens meanwhile to a lot that is still to come is contained in its snapshot. */
  private async joinAuction(subscriber: Subscriber, auctionId: string, reason: SnapshotReason): Promise<void> {
    const joining = { auctionId, joined: new Set<string>(), passedOver: new Set<string>() };
    const found = await this.finding.whenThere(subscriber, () => {
      const snapshot = this.hub.auctionSnapshot(auctionId, reason);
      if (snapshot === null) return false;
      subscriber.send(snapshot);
      subscriber.joining = joining;
      this.hub.topics.addAuction(auctionId, subscriber);
      return true;
    });
    if (found !== 'found') return tellMissing(subscriber, { what: 'auction', id: auctionId, found });
    // Lots that were listed up to here stand in the read model; later ones are noticed when something is said of them.
    if (!(await this.listings.waitFor(this.hub.position, PATIENCE_MS))) subscriber.lacks();
    const isJoined = (lotId: string) => joining.joined.add(lotId);
    await this.sendLots(subscriber, lotIdsOf(this.listings, auctionId), reason, isJoined);
    while (!subscriber.closed) {
      const others = [...joining.passedOver].filter((lotId) => !joining.joined.has(lotId));
      if (others.length === 0) break;
      await this.sendLots(subscriber, others, reason, isJoined);
    }
    subscriber.joining = null;
  }

  /** A snapshot of each lot; `join` is called in the same moment, so that nothing happens in between. */
  private async sendLots(
    subscriber: Subscriber,
    lotIds: readonly string[],
    reason: SnapshotReason,
    join: (lotId: string, found: boolean) => void,
  ): Promise<void> {
    const slice = new TimeSlice();
    for (const lotId of lotIds) {
      const found = await this.finding.whenThere(subscriber, () => {
        const snapshot = this.hub.snapshot(lotId, reason);
        if (snapshot === null) return false;
        subscriber.send(snapshot);
        join(lotId, true);
        return true;
      });
      if (subscriber.closed) return;
      if (found !== 'found') {
        tellMissing(subscriber, { what: 'lot', id: lotId, found });
        join(lotId, false);
      }
      if (slice.over()) await slice.rest();
      await subscriber.room();
    }
  }
}

const nowhere = {
  code: 'validation-failed',
  detail: `subscribe.after: ${NOWHERE}`,
  errors: [{ field: 'subscribe.after', message: NOWHERE }],
};
const tooFarBack = {
  code: 'position-too-far-back',
  detail: 'Not all that came since can be sent. What comes now is; ask for the rest by HTTP.',
};

interface Wanted {
  readonly lots: ReadonlySet<string>;
  readonly auctions: ReadonlySet<string>;
  readonly all: boolean;
}

type About = Pick<PushMessage, 'lotId' | 'auctionId'>;

const isWanted = ({ lotId, auctionId }: About, { lots, auctions, all }: Wanted): boolean =>
  all || auctions.has(auctionId) || (lotId !== null && lots.has(lotId));
