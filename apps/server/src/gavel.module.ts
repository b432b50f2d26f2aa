import { type DynamicModule, Module } from '@nestjs/common';
import { BidderAliases } from '#platform/bidder-aliases.js';
import { Clock } from '#platform/clock.js';
import { ReadModels } from '#read-models/read-models.js';
import { AddLotController } from './api/add-lot.controller.js';
import { AnalyticsController } from './api/analytics.controller.js';
import { AuctionQueriesController } from './api/auction-queries.controller.js';
import { BidQueriesController } from './api/bid-queries.controller.js';
import { BidStatusController } from './api/bid-status.controller.js';
import { BuyNowController } from './api/buy-now.controller.js';
import { CreateAuctionController } from './api/create-auction.controller.js';
import { DeliveriesController } from './api/deliveries.controller.js';
import { EventSchemasController } from './api/event-schemas.controller.js';
import { EventsChannel } from './api/events-channel.js';
import { FeedController } from './api/feed.controller.js';
import { KeysController } from './api/keys.controller.js';
import { LotHistoryController } from './api/lot-history.controller.js';
import { LotHistory } from './api/lot-history.js';
import { LotQueriesController } from './api/lot-queries.controller.js';
import { LowerReserveController } from './api/lower-reserve.controller.js';
import { OpenApiController } from './api/open-api.controller.js';
import { OperationController } from './api/operation.controller.js';
import { PlaceBidController } from './api/place-bid.controller.js';
import { RefusalsController } from './api/refusals.controller.js';
import { RunAuctionController } from './api/run-auction.controller.js';
import { SessionController } from './api/session.controller.js';
import { SettleLotController } from './api/settle-lot.controller.js';
import { WebhooksController } from './api/webhooks.controller.js';
import { KeySecrets } from './auth/api-key.js';
import { Authentication } from './auth/authenticate.js';
import { Backend } from './backend.js';
import { BidNumbers } from './bidding/bid-numbers.js';
import { Purchases } from './buying/purchases.js';
import { Feed } from './feed/feed.js';
import { Visibility } from './http/visibility.js';
import { Metrics } from './observability/metrics.js';
import { RecentRefusals } from './observability/recent-refusals.js';
import { Partners } from './partners.js';
import { Carrier } from './process/carrier.js';
import { Push } from './push/push.js';
import { StreamController } from './push/stream.controller.js';
import type { Roles } from './roles.js';
import { BidIntake } from './spool/bid-intake.js';
import { BidSpool } from './spool/bid-spool.js';
import { EndpointRules } from './webhooks/endpoint-url.js';
import { WebhookSecrets } from './webhooks/signature.js';
import { WebhookHistory } from './webhooks/webhook-history.js';
import { AuctionWriter, KeyWriter, LotWriter, VehicleWriter, WebhookWriter } from './writers.js';

/** Of the role `api`. */
const controllers = [
  CreateAuctionController,
  AddLotController,
  RunAuctionController,
  AuctionQueriesController,
  PlaceBidController,
  BuyNowController,
  SettleLotController,
  LowerReserveController,
  LotQueriesController,
  LotHistoryController,
  BidQueriesController,
  BidStatusController,
  KeysController,
  StreamController,
  SessionController,
  RefusalsController,
  AnalyticsController,
  FeedController,
  WebhooksController,
  DeliveriesController,
  OpenApiController,
  EventSchemasController,
];

@Module({})
class GavelModule {}

/** What the HTTP interface needs beside the backend. */
export interface Edge {
  readonly metrics: Metrics;
  readonly authentication: Authentication;
  readonly roles: Roles;
  readonly eventsChannel: EventsChannel;
}

/** The HTTP interface on a backend. */
export function gavelModule(backend: Backend, { metrics, authentication, roles, eventsChannel }: Edge): DynamicModule {
  const parts: [provide: abstract new (...args: never[]) => object, useValue: object][] = [
    [Backend, backend],
    [Metrics, metrics],
    [Authentication, authentication],
    [EventsChannel, eventsChannel],
    [Push, backend.push],
    [RecentRefusals, backend.refusals],
    [LotHistory, backend.lotHistory],
    [Clock, backend.clock],
    [BidderAliases, backend.aliases],
    [ReadModels, backend.readModels],
    [LotWriter, backend.lots],
    [AuctionWriter, backend.auctions],
    [VehicleWriter, backend.vehicles],
    [KeyWriter, backend.keys],
    [WebhookWriter, backend.webhooks],
    [WebhookHistory, new WebhookHistory(backend.store)],
    [Partners, backend.partners],
    [Feed, backend.partners.feed],
    [KeySecrets, backend.keySecrets],
    [WebhookSecrets, backend.partners.secrets],
    [EndpointRules, backend.partners.rules],
    [BidNumbers, backend.bidNumbers],
    [Purchases, backend.purchases],
    [Carrier, backend.carrier],
    [Visibility, backend.visibility],
    [BidIntake, backend.intake],
    [BidSpool, backend.spool],
  ];
  const providers = parts.map(([provide, useValue]) => ({ provide, useValue }));
  return {
    module: GavelModule,
    controllers: roles.has('api') ? [...controllers, OperationController] : [OperationController],
    providers,
  };
}
