import { setImmediate } from 'node:timers/promises';
import type { KeyedRow, ReadModel } from '#read-models/read-model.js';
import { type BidRow, isPlaced, type PlacedBidRow } from '#read-models/rows.js';

/** Bids looked at for one page: the valid ones may be few, and a page that finds few answers early, with the cursor to go on from. */
const SEARCHED_A_PAGE = 5_000;
/** In one turn of the event loop. */
const SEARCHED_A_TURN = 500;

export interface WantedBids {
  readonly prefix: string;
  /** The key of the bid behind which the page begins. */
  readonly after: string | undefined;
  readonly limit: number;
  /** Aborted when the caller has gone. */
  readonly signal: AbortSignal;
}

/** Valid bids, with the key of the last bid that was looked at; null at the end. */
export interface ValidBids {
  readonly found: readonly KeyedRow<PlacedBidRow>[];
  readonly last: string | null;
}

/** At most `limit` of the valid bids of a lot by sequence. */
export async function validBids(
  bids: Pick<ReadModel<BidRow>, 'scan'>,
  { prefix, limit, signal, ...wanted }: WantedBids,
): Promise<ValidBids> {
  let { after } = wanted;
  const found: KeyedRow<PlacedBidRow>[] = [];
  for (let searched = 0; searched < SEARCHED_A_PAGE && !signal.aborted; searched += SEARCHED_A_TURN) {
    const rows = bids.scan({ prefix, limit: SEARCHED_A_TURN, ...(after !== undefined && { after }) });
    for (const { key, row } of rows) {
      if (found.length === limit) return { found, last: after ?? null };
      after = key;
      if (isPlaced(row) && isValid(row)) found.push({ key, row });
    }
    if (rows.length < SEARCHED_A_TURN) return { found, last: null };
    // Others get their turn in between.
    await setImmediate();
  }
  return { found, last: after ?? null };
}

export const isValid = ({ outcome }: PlacedBidRow): boolean =>
  outcome === 'leading' || outcome === 'outbid' || outcome === 'maximum-raised';
