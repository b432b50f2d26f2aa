import { Controller, Post, Req } from '@nestjs/common';
import { incrementPresets, isIncrementTable } from '#auction/lot/increments.js';
import { AuctionParams } from '#contracts/http/auctions.js';
import { AddLotBody, LotView } from '#contracts/http/lots.js';
import type { LotOffer } from '#contracts/terms.js';
import type { CommandContext } from '#event-store/stream-writer/command-context.js';
import { Clock } from '#platform/clock.js';
import { commandContext, done } from '../http/command-context.js';
import { futureTime } from '../http/future-time.js';
import { validationFailed } from '../http/problems.js';
import { Route, type RouteRequest } from '../http/route.js';
import { Visibility } from '../http/visibility.js';
import { Carrier } from '../process/carrier.js';
import { AuctionWriter, LotWriter, VehicleWriter } from '../writers.js';
import { lotView } from './lot-view.js';

const route = { params: AuctionParams, body: AddLotBody };

@Controller()
export class AddLotController {
  constructor(
    private readonly auctions: AuctionWriter,
    private readonly vehicles: VehicleWriter,
    private readonly lots: LotWriter,
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
    const offer = this.offerOf(request.body, context);
    const vin = offer.vehicle?.vin;
    if (vin !== undefined) await this.claim(vin, { auctionId, lotId, offer }, context);
    const outcome = await this.auctions.execute(auctionId, { type: 'AddLot', lotId, offer }, context);
    if (vin !== undefined && outcome.kind !== 'accepted' && outcome.kind !== 'unchanged') {
      await this.vehicles.execute(vin, { type: 'ReleaseVehicle', lotId }, withoutConditions(context));
    }
    done(outcome);
    // The process manager does the same; here it makes the lot visible before the answer.
    await this.carrier.carryAddedLot(auctionId, lotId);
    await this.visibility.shown();
    const { state: lot, position } = await this.lots.load(lotId);
    if (lot.phase === 'not-listed') throw new Error('an added lot is listed');
    return lotView(lot, position ?? '0');
  }

  /** One VIN in one lot: decided by the vehicle's own stream before the lot is added. */
  private async claim(
    vin: string,
    lot: { auctionId: string; lotId: string; offer: LotOffer },
    context: CommandContext,
  ): Promise<void> {
    const { state } = await this.auctions.load(lot.auctionId);
    if (state.phase === 'not-created') return;
    done(await this.vehicles.execute(vin, { type: 'ClaimVehicle', vin, ...lot }, withoutConditions(context)));
  }

  private offerOf(body: AddLotBody, context: CommandContext): LotOffer {
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
      closesAt: futureTime('closesAt', body.closesAt, this.clock.now(), context),
      buyNow: body.buyNow ?? null,
      vehicle: body.vehicle ?? null,
    };
  }
}

/** `If-Match` speaks of the auction, not of the vehicle. */
function withoutConditions(context: CommandContext): CommandContext {
  const { expectedRevision: _, ...rest } = context;
  return rest;
}
