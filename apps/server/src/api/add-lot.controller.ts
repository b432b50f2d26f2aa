import { Controller, Post, Req } from '@nestjs/common';
import { incrementPresets, isIncrementTable } from '#auction/lot/increments.js';
import { AuctionParams } from '#contracts/http/auctions.js';
import { AddLotBody, LotView } from '#contracts/http/lots.js';
import type { LotOffer } from '#contracts/terms.js';
import type { EpochMs } from '#contracts/time.js';
import type { CommandContext } from '#event-store/stream-writer/command-context.js';
import { Clock } from '#platform/clock.js';
import { carriedOn } from '../http/carried-on.js';
import { commandContext, done } from '../http/command-context.js';
import { refusalAnswer, stale, validationFailed } from '../http/problems.js';
import { Route, type RouteRequest } from '../http/route.js';
import { timeIn } from '../http/time-in.js';
import { Visibility } from '../http/visibility.js';
import { Carrier, type VehicleClaim } from '../process/carrier.js';
import { AuctionWriter, VehicleWriter } from '../writers.js';
import { LotHistory } from './lot-history.js';
import { lotView } from './lot-view.js';
import { asTheyAre } from './shown-names.js';

const route = { params: AuctionParams, body: AddLotBody };

@Controller()
export class AddLotController {
  constructor(
    private readonly auctions: AuctionWriter,
    private readonly vehicles: VehicleWriter,
    private readonly history: LotHistory,
    private readonly carrier: Carrier,
    private readonly visibility: Visibility,
    private readonly clock: Clock,
  ) {}

  @Post('api/auctions/:auctionId/lots')
  @Route({
    ...route,
    access: 'auctioneer',
    tag: 'Auctions',
    summary: 'Add a lot; its terms are frozen',
    command: true,
    answers: { 201: LotView },
    problems: [404, 409],
  })
  async addLot(@Req() request: RouteRequest<typeof route>): Promise<LotView> {
    const { auctionId } = request.params;
    const context = commandContext(request);
    const lotId = context.commandId;
    const offer = offerOf(request.body);
    const at = this.clock.now();
    const vin = offer.vehicle?.vin;
    if (vin === undefined) {
      done(await this.auctions.execute(auctionId, { type: 'AddLot', lotId, offer, at }, context));
    } else {
      const { expectedRevisions: ifRevisions = null, ...unconditional } = context;
      const claim = await this.claim({ vin, auctionId, lotId, offer, ifRevisions }, at, unconditional);
      done(await carriedOn(this.carrier.completeClaim(claim, unconditional)));
    }
    // The process manager does the same; here it makes the lot visible before the answer.
    await carriedOn(this.carrier.carryAddedLots(auctionId, [lotId]));
    await this.visibility.shown();
    const added = await carriedOn(this.history.asAdded(lotId));
    if (added === null) throw new Error('an added lot is listed');
    return lotView(added.lot, added.position, asTheyAre);
  }

  /**
   * One VIN in one lot: decided by the vehicle's own stream before the lot is added. The claim carries what `If-Match` asks for, since
   * another process may complete it. Answers the claim as it is recorded: that of a repeat is the first one.
   */
  private async claim(claim: VehicleClaim, at: EpochMs, context: CommandContext): Promise<VehicleClaim> {
    const { auctionId, lotId, vin, ifRevisions } = claim;
    const { state, revision } = await this.auctions.load(auctionId);
    if (state.phase === 'not-created') throw refusalAnswer({ code: 'auction-not-found' });
    // Mostly it is seen here, and no vehicle is claimed in vain.
    if (ifRevisions?.includes(revision) === false && !state.lots.has(lotId)) throw stale(revision);
    const outcome = await this.vehicles.execute(vin, { type: 'ClaimVehicle', ...claim, at }, context);
    // Without the state, which is that of the vehicle.
    const decided = done(outcome.kind === 'refused' ? { kind: 'refused', refusal: outcome.refusal } : outcome);
    const [claimed] = decided.kind === 'accepted' ? decided.events : [];
    return claimed?.type === 'VehicleClaimed' ? claimed.data : claim;
  }
}

function offerOf(body: AddLotBody): LotOffer {
  const increments =
    typeof body.increments === 'object' ? body.increments : incrementPresets[body.increments ?? 'ebay'];
  if (!isIncrementTable(increments)) {
    throw validationFailed([{ field: 'increments', message: 'must begin at 0 and rise' }]);
  }
  if (body.buyNow?.policy !== undefined && body.buyNow.quantity > 1) {
    throw validationFailed([{ field: 'buyNow.policy', message: 'is for one unit beside bidding' }]);
  }
  return {
    title: body.title,
    startingBid: body.startingBid,
    bidPolicy: body.bidPolicy ?? 'open',
    increments: [...increments],
    reserve: body.reserve ?? null,
    softClose: body.softClose ?? null,
    closesAt: timeIn('closesAt', body.closesAt),
    buyNow: body.buyNow ?? null,
    vehicle: body.vehicle ?? null,
  };
}
