import type { PublicEvent } from '#contracts/public-events/public-catalogue.js';
import { type CellKey, contributionOf } from './contribution.js';
import { type Measures, noMeasures, plus } from './measures.js';

/** What events tell that never changes, for the counts of other events. */
export interface Facts {
  /** By auction. */
  readonly currencies: Map<string, string>;
  /** Lots with one unit for sale beside bidding: its purchase ends the lot, and LotSold tells the price. */
  readonly soleUnitLots: Set<string>;
}

/** The counts of a set of events, by minute and auction. Hours and days are sums of them. */
export interface Analysis extends Facts {
  readonly cells: Map<string, CellKey & { readonly measures: Measures }>;
}

export const noFacts = (): Facts => ({ currencies: new Map(), soleUnitLots: new Set() });

/** Notes what an event tells. The order of events does not matter. */
export function note(facts: Facts, { eventType, auctionId, payload }: PublicEvent): void {
  if (eventType === 'AuctionCreated') facts.currencies.set(auctionId, payload.currency);
  if (eventType === 'LotListed' && payload.buyNow?.quantity === 1) facts.soleUnitLots.add(payload.lotId);
}

/** Counts each event, which must be given once. The order does not matter. */
export function analysisOf(events: Iterable<PublicEvent>): Analysis {
  const analysis: Analysis = { cells: new Map(), ...noFacts() };
  for (const event of events) {
    note(analysis, event);
    const contribution = contributionOf(event);
    if (contribution !== null) add(analysis, contribution);
  }
  return analysis;
}

function add({ cells }: Analysis, cell: CellKey & { readonly measures: Measures }): void {
  const key = `${cell.minute}/${cell.auctionId}/${cell.lastUnitOf}`;
  const measures = plus(cells.get(key)?.measures ?? noMeasures, cell.measures);
  cells.set(key, { ...cell, measures });
}
