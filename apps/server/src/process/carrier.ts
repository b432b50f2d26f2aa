import { type Auction, type AuctionState, lotsInOrder } from '#auction/auction/auction.js';
import { isSettled, type Lot } from '#auction/lot/lot.js';
import type { AuctionEvent, LotResult } from '#contracts/events/auction-events.js';
import { auctionStream } from '#contracts/ids.js';
import type { LotOffer } from '#contracts/terms.js';
import { derivedId } from '#event-store/event-id.js';
import { comparePositions, type EventReader, type Position } from '#event-store/event-store.js';
import type { CommandContext, Outcome } from '#event-store/stream-writer/command-context.js';
import type { Clock } from '#platform/clock.js';
import type { StoredEvent } from '#read-models/projection.js';
import type { AuctionWriter, LotWriter, VehicleWriter } from '../writers.js';
import { inParallel } from './in-parallel.js';

const READ_PAGE = 1_000;

export interface VehicleClaim {
  readonly vin: string;
  readonly auctionId: string;
  readonly lotId: string;
  readonly offer: LotOffer;
  readonly ifRevisions: readonly number[] | null;
}

/**
 * Carries what was decided in one stream to the others that it concerns. Every step may be repeated at any time, by any process:
 * the streams say what is still to do, and the ids of what is written follow from what it is.
 */
export class Carrier {
  constructor(
    private readonly auctions: AuctionWriter,
    private readonly lots: LotWriter,
    private readonly vehicles: VehicleWriter,
    private readonly reader: EventReader,
    private readonly clock: Clock,
    /** The lot as this process knows it, perhaps as it was a moment ago; null: not known. */
    private readonly known: (lotId: string) => Pick<Lot, 'phase'> | null = () => null,
  ) {}

  /** Brings every lot of the auction to where the auction is. */
  async carryAuction(auctionId: string): Promise<void> {
    const { state } = await this.auctions.load(auctionId);
    if (state.phase === 'not-created') return;
    const open = lotsInOrder(state).filter((lot) => lot.result === null);
    await inParallel(open, (lot) => this.carryLot(state, lot.lotId));
  }

  /** Brings one lot to where its auction is: lists it, opens, closes or withdraws it, and settles it. */
  async carryLot(auction: Auction, lotId: string): Promise<void> {
    const added = auction.lots.get(lotId);
    if (added === undefined) return;
    const { auctionId, phase } = auction;
    // Mostly the request has carried it, and what has happened to a lot does not become undone: nobody needs to be asked.
    const known = this.known(lotId);
    if (known !== null && (phase === 'created' || (phase === 'started' && known.phase !== 'listed'))) return;
    const at = this.clock.now();
    const { ordinal, terms } = added;
    const extendsAsGroup = auction.stagger?.group ?? false;
    const context = (step: string) => followUp(auctionId, lotId, step);

    await this.lots.execute(
      lotId,
      { type: 'ListLot', lotId, auctionId, ordinal, terms, extendsAsGroup },
      context('list'),
    );
    if (phase === 'created') return;
    if (phase === 'cancelled') {
      await this.lots.execute(lotId, { type: 'WithdrawLot', at }, context('withdraw'));
    } else {
      await this.lots.execute(lotId, { type: 'OpenLot', at: auction.startedAt ?? at }, context('open'));
    }
    if (phase === 'started') return;
    if (phase === 'ending') {
      await this.lots.execute(lotId, { type: 'CloseLot', reason: 'auction-ended', at }, context('close'));
    }
    await this.settle(lotId);
  }

  /** Tells the auction how a lot ended and sets its vehicle free. Nothing happens while the lot is not settled. */
  async settle(lotId: string): Promise<void> {
    const { state: lot } = await this.lots.load(lotId);
    if (lot.phase === 'not-listed' || !isSettled(lot)) return;
    const { auctionId } = lot;
    const result = resultOf(lot);
    const at = this.clock.now();
    await this.auctions.execute(auctionId, { type: 'SettleLot', result, at }, followUp(auctionId, lotId, 'settle'));
    const vin = lot.terms.vehicle?.vin;
    if (vin !== undefined) {
      await this.vehicles.execute(vin, { type: 'ReleaseVehicle', lotId }, followUp(auctionId, lotId, 'release'));
    }
  }

  /**
   * A claimed vehicle was promised to a lot: adds the lot, or sets the vehicle free when the auction does not take it. `context` is
   * that of the claim, so that whoever comes first, the request or the process manager, adds it as the same command.
   */
  async completeClaim(claim: VehicleClaim, context: CommandContext): Promise<Outcome<AuctionState, AuctionEvent>> {
    const { vin, auctionId, lotId, offer, ifRevisions } = claim;
    const condition = ifRevisions === null ? {} : { expectedRevisions: ifRevisions };
    const command = { type: 'AddLot', lotId, offer, at: null } as const;
    let outcome = await this.auctions.execute(auctionId, command, { ...context, ...condition });
    // Added by the other of the two, it has moved the auction on itself.
    if (outcome.kind === 'stale' && (await this.hasLot(auctionId, lotId)))
      outcome = await this.auctions.execute(auctionId, command, context);
    if (outcome.kind === 'accepted' || outcome.kind === 'unchanged') await this.carryAddedLots(auctionId, [lotId]);
    else await this.vehicles.execute(vin, { type: 'ReleaseVehicle', lotId }, followUp(auctionId, lotId, 'release'));
    return outcome;
  }

  private async hasLot(auctionId: string, lotId: string): Promise<boolean> {
    const { state } = await this.auctions.load(auctionId);
    return state.phase !== 'not-created' && state.lots.has(lotId);
  }

  /** Lots were added to an auction, whose stream is read once: lists them, and opens them when it has started. */
  async carryAddedLots(auctionId: string, lotIds: readonly string[]): Promise<void> {
    const { state } = await this.auctions.load(auctionId);
    if (state.phase !== 'not-created') await inParallel(lotIds, (lotId) => this.carryLot(state, lotId));
  }

  /** Rule S4: the other lots of the group that were open then move by as much as one lot was extended. */
  async extendGroup({ id: cause, position, data }: StoredEvent<'BiddingExtended'>): Promise<void> {
    const { auctionId, lotId, byMs } = data;
    const { state } = await this.auctions.load(auctionId);
    if (state.phase !== 'started' || !state.stagger?.group) return;
    const wereThere = await this.lotsAddedBefore(position, auctionId);
    const others = lotsInOrder(state).filter(
      (lot) => lot.result === null && lot.lotId !== lotId && wereThere.has(lot.lotId),
    );
    const at = this.clock.now();
    await inParallel(others, (other) =>
      this.lots.execute(
        other.lotId,
        { type: 'ExtendWithGroup', byMs, at },
        {
          ...followUp(auctionId, other.lotId, cause),
          // Moving twice would be wrong, so the stream is to remember this command.
          requestDigest: cause,
        },
      ),
    );
  }

  /** A lot that came later has an end of its own, whenever the extension is carried on: a new process carries on those of the past. */
  private async lotsAddedBefore(position: Position, auctionId: string): Promise<ReadonlySet<string>> {
    const lotIds = new Set<string>();
    for (let from = 0; ; from += READ_PAGE) {
      const page = await this.reader.readStream(auctionStream(auctionId), from, READ_PAGE);
      for (const event of page as readonly StoredEvent[]) {
        if (comparePositions(event.position, position) > 0) return lotIds;
        if (event.type === 'LotAdded') lotIds.add(event.data.lotId);
      }
      if (page.length < READ_PAGE) return lotIds;
    }
  }
}

/** The same step on the same lot is the same command, whoever carries it out and however often. */
const followUp = (auctionId: string, lotId: string, step: string): CommandContext => ({
  commandId: derivedId('follow-up', lotId, step),
  correlationId: auctionId,
  causationId: lotId,
  actor: 'system',
});

function resultOf(lot: Lot): LotResult {
  const { lotId, phase, winner } = lot;
  if (phase === 'sold') {
    return {
      lotId,
      state: 'sold',
      winnerId: winner?.winnerId ?? null,
      amount: winner?.amount ?? null,
      bidId: winner?.bidId ?? null,
    };
  }
  return { lotId, state: phase === 'withdrawn' ? 'withdrawn' : 'passed', winnerId: null, amount: null, bidId: null };
}
