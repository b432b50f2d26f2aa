import type { BuyNow } from '#auction/lot/buy-now.js';
import type { LotState } from '#auction/lot/lot.js';
import type { LotEvent } from '#contracts/events/lot-events.js';
import type { Reservation, Stock, StockLevel } from '#coordination/stock.js';
import type { CommandContext, Outcome } from '#event-store/stream-writer/command-context.js';
import type { Metrics } from '../observability/metrics.js';
import type { LotWriter } from '../writers.js';
import type { SoldOutLots } from './sold-out-lots.js';

type PurchaseOutcome = Outcome<LotState, LotEvent>;

export interface PurchaseParts {
  readonly lots: LotWriter;
  readonly stock: Stock;
  readonly soldOut: SoldOutLots;
  readonly metrics: Metrics;
  readonly log: { warn(fields: object, message: string): void };
}

/**
 * Carries out purchases: the stock turns away those that come too late for every unit, the exact revision of the lot's stream decides
 * all others. So the stock may forget, be old or be away at any time: then more purchases go to the stream, which refuses them.
 */
export class Purchases {
  private readonly restoring = new Set<string>();

  constructor(private readonly parts: PurchaseParts) {}

  /** Rejects with StoreUnavailable, Contention or Overloaded; the units that were held are free again then. */
  async buy(lotId: string, command: BuyNow, context: CommandContext): Promise<PurchaseOutcome> {
    const { lots, stock, soldOut, metrics } = this.parts;
    const { purchaseId, quantity } = command;
    const reservation = await stock.reserve(lotId, purchaseId, quantity);
    metrics.reservations.inc({ outcome: reservation });
    if (reservation === 'sold-out') {
      soldOut.add(lotId);
      if (isUnconditional(context)) return { kind: 'refused', refusal: { code: 'sold-out' } };
    }
    try {
      const outcome = await lots.execute(lotId, command, context);
      this.tellStock(lotId, purchaseId, reservation, outcome);
      return outcome;
    } catch (error) {
      // Should it have been stored all the same, the stream refuses whoever comes for these units.
      void stock.release(lotId, purchaseId);
      throw error;
    }
  }

  /** Nobody waits for it: what the stock does not hear of it learns from the next purchase. */
  private tellStock(lotId: string, purchaseId: string, reservation: Reservation, outcome: PurchaseOutcome): void {
    const { stock, soldOut } = this.parts;
    if (outcome.kind === 'accepted') {
      const [bought] = outcome.events;
      if (bought?.type !== 'ItemBought') throw new Error('a purchase left no ItemBought');
      const { quantity: units, available } = bought.data;
      const quantity = quantityOf(outcome.state);
      if (available === 0) soldOut.add(lotId);
      const level = { quantity, sold: quantity - available, revision: bought.revision };
      void stock.confirm(lotId, { purchaseId, units, level });
      return;
    }
    if (reservation === 'reserved') void stock.release(lotId, purchaseId);
    const code = outcome.kind === 'refused' ? outcome.refusal.code : null;
    if (code === 'sold-out') soldOut.add(lotId);
    // The stock believed in units that are sold, or knew nothing of the lot.
    const isWrong = (reservation === 'reserved' || reservation === 'unknown') && isShortage(code);
    if (isWrong) void this.restore(lotId);
  }

  /** Brings the stock to where the stream is; once at a time for each lot. */
  private async restore(lotId: string): Promise<void> {
    if (this.restoring.has(lotId)) return;
    this.restoring.add(lotId);
    const { lots, stock, log } = this.parts;
    try {
      const { state, revision } = await lots.load(lotId);
      if (state.phase === 'not-listed') return;
      const level: StockLevel = { quantity: quantityOf(state), sold: state.unitsSold, revision };
      await stock.restore(lotId, level);
    } catch (err) {
      log.warn({ err, lotId }, 'the stock of a lot was not restored; its next purchase tries again');
    } finally {
      this.restoring.delete(lotId);
    }
  }
}

/** Under a key the purchase may be one that was made before; under If-Match the revision comes first: the stream answers both. */
const isUnconditional = ({ requestDigest, expectedRevisions }: CommandContext): boolean =>
  requestDigest === undefined && expectedRevisions === undefined;

const isShortage = (code: string | null): boolean => code === 'sold-out' || code === 'insufficient-stock';

function quantityOf(lot: LotState): number {
  if (lot.phase === 'not-listed' || lot.terms.buyNow === null) throw new Error('the lot has no units');
  return lot.terms.buyNow.quantity;
}
