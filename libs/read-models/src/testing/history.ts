import type { AuctionState } from '#auction/auction/auction.js';
import type { AuctionCommand } from '#auction/auction/auction-decider.js';
import { auctionDecider } from '#auction/auction/auction-decider.js';
import type { Decider } from '#auction/decider.js';
import type { LotState } from '#auction/lot/lot.js';
import { type LotCommand, lotDecider } from '#auction/lot/lot-decider.js';
import type { GavelEvent } from '#contracts/events/catalogue.js';
import { auctionStream, keyStream, lotStream, vehicleStream, webhookStream } from '#contracts/ids.js';
import type { LotOffer } from '#contracts/terms.js';
import type { EventToAppend } from '#event-store/event-store.js';

export interface HistoryOptions {
  readonly seed: number;
  readonly auctions: number;
  readonly lotsPerAuction: number;
  /** Commands at lots. */
  readonly steps: number;
}

export interface HistoryStep {
  readonly stream: string;
  readonly events: readonly EventToAppend[];
}

const START = 1_800_000_000_000;
const BIDDERS = 12;

/**
 * Auctions as the deciders play them, interleaved: every event type occurs, and the same options always give the same steps.
 */
export function* history(options: HistoryOptions): Generator<HistoryStep, void, undefined> {
  yield* new Play(options).all();
}

class Play {
  readonly #random: () => number;
  readonly #auctions = new Map<string, AuctionState>();
  readonly #lots = new Map<string, LotState>();
  #ids = 0;
  #now = START;

  constructor(private readonly options: HistoryOptions) {
    this.#random = mulberry32(options.seed);
  }

  *all(): Generator<HistoryStep, void, undefined> {
    for (let i = 0; i < this.options.auctions; i += 1) yield* this.#openAuction(i);
    yield* this.#keys();
    yield* this.#webhooks();
    const lotIds = [...this.#lots.keys()];
    for (let i = 0; i < this.options.steps; i += 1) {
      this.#now += 1 + this.#below(400);
      yield* this.#atLot(lotIds[this.#below(lotIds.length)] as string);
    }
    for (const lotId of lotIds.filter((_, at) => at % 5 !== 0)) yield* this.#settle(lotId);
    for (const auctionId of this.#auctions.keys())
      yield* this.#auction(auctionId, { type: 'EndAuction', reason: 'time', at: this.#now });
  }

  *#openAuction(index: number): Generator<HistoryStep, void, undefined> {
    const auctionId = this.#id();
    const { lotsPerAuction } = this.options;
    yield* this.#auction(auctionId, {
      type: 'CreateAuction',
      auctionId,
      title: `Auction ${index} "ünïcode" 🚗`,
      currency: 'EUR',
      opensAt: index % 2 === 0 ? this.#now + 1_000 : null,
      closesAt: this.#now + 300_000 + index,
      stagger: index % 3 === 0 ? { stepSeconds: 5 } : null,
      at: this.#now,
    });
    for (let i = 0; i < lotsPerAuction; i += 1) yield* this.#addLot(auctionId, i);
    // Decided, and never carried to a lot: counts nowhere.
    yield* this.#auction(auctionId, { type: 'AddLot', lotId: this.#id(), offer: offer(0), at: this.#now });
    if (index % 7 === 6) {
      yield* this.#auction(auctionId, { type: 'CancelAuction', at: this.#now });
      return;
    }
    yield* this.#auction(auctionId, { type: 'StartAuction', at: this.#now });
    for (const [lotId, lot] of this.#lots) {
      if (lot.phase === 'listed' && lot.auctionId === auctionId)
        yield* this.#lot(lotId, { type: 'OpenLot', at: this.#now });
    }
  }

  *#addLot(auctionId: string, index: number): Generator<HistoryStep, void, undefined> {
    const lotId = this.#id();
    const terms = offer(index);
    if (terms.vehicle !== null) {
      const { vin } = terms.vehicle;
      yield this.#step(vehicleStream(vin), [
        { type: 'VehicleClaimed', data: { vin, lotId, auctionId, offer: terms, ifRevisions: null } },
      ]);
    }
    for (const event of yield* this.#auction(auctionId, { type: 'AddLot', lotId, offer: terms, at: this.#now })) {
      if (event.type !== 'LotAdded') continue;
      const { ordinal } = event.data;
      yield* this.#lot(lotId, {
        type: 'ListLot',
        lotId,
        auctionId,
        ordinal,
        terms: event.data.terms,
        extendsAsGroup: false,
      });
    }
  }

  *#atLot(lotId: string): Generator<HistoryStep, void, undefined> {
    const dice = this.#below(100);
    const lot = this.#lots.get(lotId);
    const price = lot !== undefined && lot.phase !== 'not-listed' ? (lot.price ?? 1_000) : 1_000;
    const bidder = `bidder-${this.#below(BIDDERS)}`;
    if (dice < 85) {
      const amount = Math.max(1, price + this.#below(600) - 150);
      const late = dice < 3 ? 400_000 : 0;
      yield* this.#lot(lotId, {
        type: 'PlaceBid',
        bidId: this.#id(),
        bidderId: bidder,
        amount,
        acceptedAt: this.#now - late,
      });
    } else if (dice < 95) {
      yield* this.#lot(lotId, {
        type: 'BuyNow',
        purchaseId: this.#id(),
        buyerId: bidder,
        quantity: 1 + this.#below(2),
        at: this.#now,
      });
    } else if (dice < 97)
      yield* this.#lot(lotId, { type: 'LowerReserve', reserve: 500 + this.#below(4_000), at: this.#now });
    else if (dice === 97) yield* this.#lot(lotId, { type: 'WithdrawLot', at: this.#now });
    else if (dice === 98) yield* this.#settle(lotId);
  }

  *#settle(lotId: string): Generator<HistoryStep, void, undefined> {
    yield* this.#lot(lotId, { type: 'CloseLot', reason: 'auctioneer', at: this.#now });
    const lot = this.#lots.get(lotId);
    if (lot === undefined || lot.phase === 'not-listed') return;
    const { phase, winner, auctionId, openedAt } = lot;
    if (phase !== 'sold' && phase !== 'passed' && phase !== 'withdrawn') return;
    const { winnerId = null, amount = null, bidId = null } = winner ?? {};
    yield* this.#auction(auctionId, {
      type: 'SettleLot',
      result: { lotId, state: phase, winnerId, amount, bidId },
      at: this.#now,
    });
    const vin = lot.terms.vehicle?.vin;
    if (vin !== undefined) yield this.#step(vehicleStream(vin), [{ type: 'VehicleReleased', data: { vin, lotId } }]);
    // Accepted just before the close, stored behind it.
    const acceptedAt = Math.max(openedAt ?? 0, (lot.closesAt ?? 0) - 1);
    yield* this.#lot(lotId, {
      type: 'PlaceBid',
      bidId: this.#id(),
      bidderId: 'bidder-late',
      amount: 9_999,
      acceptedAt,
    });
  }

  *#webhooks(): Generator<HistoryStep, void, undefined> {
    for (const partner of ['press', 'site']) {
      const webhookId = this.#id();
      const data = { webhookId, partner, url: 'https://hooks.example/', eventTypes: null, auctionIds: null };
      yield this.#step(webhookStream(webhookId), [
        { type: 'WebhookSubscribed', data: { ...data, subscribedAt: this.#now } },
      ]);
    }
  }

  *#keys(): Generator<HistoryStep, void, undefined> {
    for (const role of ['admin', 'auctioneer', 'bidder', 'partner'] as const) {
      const keyId = this.#id();
      const data = { keyId, role, subject: `${role}-1`, digest: 'ab'.repeat(32), auctionIds: null };
      yield this.#step(keyStream(keyId), [{ type: 'KeyIssued', data }]);
      if (role === 'bidder') yield this.#step(keyStream(keyId), [{ type: 'KeyRevoked', data: { keyId } }]);
    }
  }

  #auction(auctionId: string, command: AuctionCommand) {
    return this.#decide(auctionStream(auctionId), auctionId, this.#auctions, auctionDecider, command);
  }

  #lot(lotId: string, command: LotCommand) {
    return this.#decide(lotStream(lotId), lotId, this.#lots, lotDecider, command);
  }

  *#decide<State, Command, Event extends GavelEvent>(
    stream: string,
    id: string,
    states: Map<string, State>,
    decider: Decider<State, Command, Event>,
    command: Command,
  ): Generator<HistoryStep, readonly Event[], undefined> {
    const state = states.get(id) ?? decider.initial;
    const decision = decider.decide(command, state);
    if (decision.kind !== 'accepted') return [];
    states.set(id, decision.events.reduce(decider.evolve, state));
    yield this.#step(stream, decision.events);
    return decision.events;
  }

  #step(stream: string, events: readonly GavelEvent[]): HistoryStep {
    const metadata = { commandId: this.#id(), correlationId: 'history', causationId: 'history', actor: 'system' };
    return { stream, events: events.map(({ type, data }) => ({ id: this.#id(), type, version: 1, data, metadata })) };
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #id(): string {
    this.#ids += 1;
    const mixed = Math.imul(this.#ids, 2_654_435_761) >>> 0;
    return `${mixed.toString(16).padStart(8, '0')}-0000-7000-8000-${String(this.#ids).padStart(12, '0')}`;
  }
}

/** A bit of every kind of lot. */
function offer(index: number): LotOffer {
  const kind = index % 4;
  const softClose = { windowSeconds: 280, extensionSeconds: 290, maxExtensions: 20 };
  const vin = `1HGCM82633A${String(100_000 + index).slice(-6)}`;
  return {
    title: `Lot ${index} / "a\\b"`,
    startingBid: 1_000,
    bidPolicy: kind === 1 ? 'proxy' : 'open',
    increments: [
      { from: 0, step: 50 },
      { from: 5_000, step: 100 },
    ],
    reserve: kind === 1 ? 5_000 : null,
    softClose: kind < 2 ? softClose : null,
    closesAt: null,
    buyNow: kind === 2 ? { price: 2_500, quantity: 20, limitPerBuyer: 5 } : null,
    vehicle: kind === 3 ? { vin, make: 'Saab', model: '900', year: 1990, mileage: 120_000 } : null,
  };
}

/** A small generator of pseudo-random numbers in [0, 1). */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
