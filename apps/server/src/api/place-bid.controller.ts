import { Controller, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import Type from 'typebox';
import type { Lot } from '#auction/lot/lot.js';
import { minimumNextBid } from '#auction/lot/minimum-next-bid.js';
import type { BidOutcome, LotEvent } from '#contracts/events/lot-events.js';
import { BidAnswer, LotParams, PlaceBidBody, SpooledBidAnswer } from '#contracts/http/lots.js';
import { toIso } from '#contracts/time.js';
import type { Position } from '#event-store/event-store.js';
import { Clock } from '#platform/clock.js';
import { ReadModels } from '#read-models/read-models.js';
import { BidNumbers } from '../bidding/bid-numbers.js';
import { knownLot } from '../bidding/known-lot.js';
import { commandContext, done, principalOf } from '../http/command-context.js';
import { ProblemAnswer } from '../http/problems.js';
import { Route, type RouteRequest } from '../http/route.js';
import { Metrics } from '../observability/metrics.js';
import { BidIntake } from '../spool/bid-intake.js';
import type { SpooledBid } from '../spool/spooled-bid.js';
import { amountsOf } from './bid-state.js';

const route = { params: LotParams, body: PlaceBidBody };

@Controller()
export class PlaceBidController {
  constructor(
    private readonly intake: BidIntake,
    private readonly numbers: BidNumbers,
    private readonly readModels: ReadModels,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {}

  @Post('api/lots/:lotId/bids')
  @Route({
    ...route,
    access: 'bidder',
    tag: 'Lots',
    summary: 'Place a bid: recorded whatever its amount',
    command: true,
    answers: { 201: BidAnswer, 202: SpooledBidAnswer },
    answerHeaders: { 202: { Location: Type.String({ description: 'Where it is told what became of the bid' }) } },
    problems: [404, 409],
  })
  async placeBid(
    @Req() request: RouteRequest<typeof route>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BidAnswer | SpooledBidAnswer> {
    const context = commandContext(request);
    const { lotId } = request.params;
    const bid = await this.numbers.numbered(lotId, {
      type: 'PlaceBid',
      bidId: context.commandId,
      bidderId: principalOf(request).subject,
      amount: request.body.amount,
      acceptedAt: this.clock.now(),
    });
    const taken = await this.intake.place(lotId, bid, context);
    if (taken.kind === 'spooled') {
      this.metrics.spooled.inc();
      reply.status(202).header('location', `/api/bids/${taken.bid.bidId}`);
      return spooledAnswer(taken.bid, knownLot(this.readModels.lots, lotId));
    }
    const outcome = done(taken);
    if (outcome.kind === 'unchanged' || outcome.state.phase === 'not-listed')
      throw new Error('a bid is never unchanged');
    this.numbers.stored(outcome.events[0]);
    this.metrics.countBid(outcome.events[0], outcome.repeated);
    return bidAnswer(outcome.events[0], outcome.state, outcome.position);
  }
}

const spooledAnswer = (
  { bidId, lotId, auctionId, amount, acceptedAt }: SpooledBid,
  lot: ReturnType<typeof knownLot>,
): SpooledBidAnswer => ({
  bidId,
  lotId,
  auctionId,
  ...amountsOf({ amount, price: null }, lot, true),
  durability: 'spooled',
  acceptedAt: toIso(acceptedAt),
});

/** From the recorded event alone, so that the repeat of a command gets the first answer. */
function bidAnswer(bid: LotEvent | undefined, lot: Lot, position: Position): BidAnswer {
  if (bid?.type === 'BidArrivedLate') {
    throw new ProblemAnswer(409, 'lot-closed', 'The bid reached the store after the lot closed; it is on record.', {
      bidId: bid.data.bidId,
      late: true,
      state: lot.phase,
      position,
    });
  }
  if (bid?.type !== 'BidPlaced') throw new Error(`a bid was recorded as ${bid?.type}`);
  const { bidId, lotId, auctionId, amount, sequence, outcome, price } = bid.data;
  const isProxy = lot.terms.bidPolicy === 'proxy';
  return {
    bidId,
    lotId,
    auctionId,
    // Under `proxy` what anybody may see of it, and beside it the maximum, which only its bidder is told.
    amount: isProxy ? (price ?? amount) : amount,
    ...(isProxy && { maximum: amount }),
    sequence,
    outcome,
    isCurrentlyHighest: isHighest(outcome),
    currentHighestBid: price,
    minimumNextBid: minimumNextBid({ terms: lot.terms, price }),
    position,
  };
}

/** Whether the bid's bidder held the lead right behind the bid, under `open` by this very bid (rule O2). */
const isHighest = (outcome: BidOutcome): boolean => outcome === 'leading' || outcome === 'maximum-raised';
