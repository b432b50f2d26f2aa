import type { PlaceBid } from '#auction/lot/place-bid.js';
import type { LotEvent } from '#contracts/events/lot-events.js';
import type { RedisSequencer } from '#coordination/redis/redis-sequencer.js';

/** Draws the arrival numbers of bids from the sequencer that several processes share; without one the stream counts by itself. */
export class BidNumbers {
  constructor(private readonly sequencer: RedisSequencer | null) {}

  /** The bid with its number, or as it is when there is none to be had. */
  numbered(lotId: string, bid: PlaceBid): PlaceBid | Promise<PlaceBid> {
    return this.sequencer === null ? bid : drawn(this.sequencer, lotId, bid);
  }

  /** What the bid was stored as. */
  stored(event: LotEvent | undefined): void {
    if (event?.type === 'BidPlaced') this.sequencer?.stored(event.data.lotId, event.data.sequence);
  }
}

async function drawn(sequencer: RedisSequencer, lotId: string, bid: PlaceBid): Promise<PlaceBid> {
  const sequence = await sequencer.draw(lotId);
  return sequence === null ? bid : { ...bid, sequence };
}
