import { Controller, Post, Req } from '@nestjs/common';
import { LotParams, PurchaseAnswer, PurchaseBody } from '#contracts/http/lots.js';
import { Clock } from '#platform/clock.js';
import { Purchases } from '../buying/purchases.js';
import { commandContext, done, principalOf } from '../http/command-context.js';
import { Route, type RouteRequest } from '../http/route.js';

const route = { params: LotParams, body: PurchaseBody };

@Controller()
export class BuyNowController {
  constructor(
    private readonly purchases: Purchases,
    private readonly clock: Clock,
  ) {}

  @Post('api/lots/:lotId/purchases')
  @Route({
    ...route,
    access: 'bidder',
    tag: 'Lots',
    summary: 'Buy units at the fixed price: first come, first served',
    command: true,
    answers: { 201: PurchaseAnswer },
    problems: [404, 409],
  })
  async buyNow(@Req() request: RouteRequest<typeof route>): Promise<PurchaseAnswer> {
    const context = commandContext(request);
    const outcome = done(
      await this.purchases.buy(
        request.params.lotId,
        {
          type: 'BuyNow',
          purchaseId: context.commandId,
          buyerId: principalOf(request).subject,
          quantity: request.body.quantity ?? 1,
          at: this.clock.now(),
        },
        context,
      ),
    );
    const [bought] = outcome.kind === 'accepted' ? outcome.events : [];
    if (outcome.kind !== 'accepted' || bought?.type !== 'ItemBought') throw new Error('a purchase left no ItemBought');
    const { purchaseId, lotId, auctionId, quantity, price, available } = bought.data;
    return { purchaseId, lotId, auctionId, quantity, price, available, position: outcome.position };
  }
}
