import { type KeyCommand, type KeyState, keyDecider } from '#auction/access/key-decider.js';
import type { AuctionState } from '#auction/auction/auction.js';
import type { AuctionCommand } from '#auction/auction/auction-decider.js';
import { auctionDecider } from '#auction/auction/auction-decider.js';
import type { LotState } from '#auction/lot/lot.js';
import { type LotCommand, lotDecider } from '#auction/lot/lot-decider.js';
import { type VehicleCommand, type VehicleState, vehicleDecider } from '#auction/vehicle/vehicle-decider.js';
import { type WebhookCommand, type WebhookState, webhookDecider } from '#auction/webhooks/webhook-decider.js';
import type { AuctionEvent } from '#contracts/events/auction-events.js';
import type { KeyEvent } from '#contracts/events/key-events.js';
import type { LotEvent } from '#contracts/events/lot-events.js';
import type { VehicleEvent } from '#contracts/events/vehicle-events.js';
import type { WebhookEvent } from '#contracts/events/webhook-events.js';
import { auctionStream, keyStream, lotStream, vehicleStream, webhookStream } from '#contracts/ids.js';
import type { EventStore } from '#event-store/event-store.js';
import type { Snapshots } from '#event-store/stream-writer/folded-stream.js';
import { StreamWriter } from '#event-store/stream-writer/stream-writer.js';
import type { StreamWriterOptions } from '#event-store/stream-writer/stream-writer-options.js';

// One class for each kind of stream, so that Nest can tell them apart.

export class LotWriter extends StreamWriter<LotState, LotCommand, LotEvent> {
  constructor(store: EventStore, options?: StreamWriterOptions, snapshots?: Snapshots<LotState>) {
    super(store, lotDecider, lotStream, options, snapshots);
  }
}

export class AuctionWriter extends StreamWriter<AuctionState, AuctionCommand, AuctionEvent> {
  constructor(store: EventStore, options?: StreamWriterOptions) {
    super(store, auctionDecider, auctionStream, options);
  }
}

export class VehicleWriter extends StreamWriter<VehicleState, VehicleCommand, VehicleEvent> {
  constructor(store: EventStore, options?: StreamWriterOptions) {
    super(store, vehicleDecider, vehicleStream, options);
  }
}

export class KeyWriter extends StreamWriter<KeyState, KeyCommand, KeyEvent> {
  constructor(store: EventStore, options?: StreamWriterOptions) {
    super(store, keyDecider, keyStream, options);
  }
}

export class WebhookWriter extends StreamWriter<WebhookState, WebhookCommand, WebhookEvent> {
  constructor(store: EventStore, options?: StreamWriterOptions) {
    super(store, webhookDecider, webhookStream, options);
  }
}
