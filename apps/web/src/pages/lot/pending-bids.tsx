import { useEffect, useState } from 'react';
import type { MyBidView } from '#contracts/http/lots.js';
import type { Page } from '#contracts/http/pages.js';
import { ApiProblem, get } from '../../api/http.js';
import { formatMoney } from '../../money/money.js';

/** A bid that Gavel holds while its store is away: safe, but what it comes to is not known yet. */
interface PendingBid {
  readonly bidId: string;
  readonly amount: number;
}

const ASK_EVERY_MS = 1_000;

export interface PendingBidList {
  readonly items: readonly PendingBid[];
  readonly add: (bid: PendingBid) => void;
  readonly settle: (bidIds: ReadonlySet<string>) => void;
}

export function usePendingBids(): PendingBidList {
  const [items, setItems] = useState<readonly PendingBid[]>([]);
  return {
    items,
    add: (bid) => setItems((before) => [...before, bid]),
    settle: (bidIds) => setItems((before) => before.filter(({ bidId }) => !bidIds.has(bidId))),
  };
}

/** Says that bids are pending until they stand in the lot's stream, and then what became of them. */
export function PendingBids({ bids, currency }: { bids: PendingBidList; currency: string }) {
  const [settled, setSettled] = useState<string | null>(null);
  const waiting = bids.items.length > 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked anew for each pending bid
  useEffect(() => {
    if (!waiting) return;
    const timer = setInterval(async () => {
      const page = await get<Page<MyBidView>>('/api/me/bids?limit=200').catch((error: unknown) => {
        if (error instanceof ApiProblem) return null;
        throw error;
      });
      const known = new Map(page?.items.map((bid) => [bid.bidId, bid]));
      const done = bids.items.flatMap(({ bidId }) => known.get(bidId) ?? []).filter(({ state }) => state !== 'spooled');
      if (done.length === 0) return;
      setSettled(settledInWords(done));
      bids.settle(new Set(done.map(({ bidId }) => bidId)));
    }, ASK_EVERY_MS);
    return () => clearInterval(timer);
  }, [waiting, bids.items]);

  return (
    <div role="status" data-testid="pending">
      {bids.items.map(({ bidId, amount }) => (
        <p key={bidId} className="notice" data-kind="pending">
          Your bid of {formatMoney(amount, currency)} is kept safe and pending: the store does not answer just now. It
          counts from when you placed it.
        </p>
      ))}
      {!waiting && settled}
    </div>
  );
}

/** What became of bids that were pending; a refusal is told before what went well. */
function settledInWords(bids: readonly MyBidView[]): string {
  const refused = bids.find(({ state }) => state === 'refused');
  if (refused !== undefined) return `Your bid could not be recorded after all: ${refused.reason ?? 'it was refused'}.`;
  if (bids.some(({ state }) => state === 'late'))
    return 'Your bid reached the store after the lot closed. It is on record and wins nothing.';
  return 'Your bid is stored.';
}
