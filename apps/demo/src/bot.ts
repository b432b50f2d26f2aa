import { setTimeout as sleep } from 'node:timers/promises';
import type { LotView } from '#contracts/http/lots.js';
import { type GavelHttp, Refused } from './gavel-http.js';
import { type Market, pick } from './market.js';

const PAUSE_MS = { least: 700, most: 4_500 };
/** How much of what a thing is worth a bot would pay, by its taste. */
const TASTE = { least: 0.55, most: 1.25 };

const between = ({ least, most }: { least: number; most: number }): number => least + Math.random() * (most - least);

/** Bids and buys like a person: what it likes, up to what it is worth to it, sooner when time runs out. */
export class Bot {
  private readonly limits = new Map<string, number>();

  constructor(
    private readonly subject: string,
    private readonly http: GavelHttp,
    private readonly market: Market,
  ) {}

  /** Goes on until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    for (;;) {
      await sleep(between(PAUSE_MS), undefined, { signal });
      try {
        await this.act();
      } catch (error) {
        // Somebody was faster, or the lot closed in between: nothing that a bidder would give up for.
        if (!(error instanceof Refused)) throw error;
      }
    }
  }

  private async act(): Promise<void> {
    const soonest = [...this.market.openLots].sort((a, b) => (a.closesAt ?? '9').localeCompare(b.closesAt ?? '9'));
    // Half of the time where it gets exciting, else anywhere.
    const lot = Math.random() < 0.5 ? pick(soonest.slice(0, 4)) : pick(soonest);
    if (lot === undefined) return;
    if (lot.buyNow !== null && lot.buyNow.quantity > 1) await this.buy(lot);
    else await this.bid(lot);
  }

  private async buy(lot: LotView): Promise<void> {
    if (Math.random() < 0.5) await this.http.post(`/api/lots/${lot.lotId}/purchases`, { quantity: 1 });
  }

  private async bid({ lotId }: LotView): Promise<void> {
    const lot = await this.http.get<LotView>(`/api/lots/${lotId}`);
    if (lot.state !== 'open' || lot.highestBid?.bidderId === this.subject) return;
    const limit = this.limitOf(lot);
    if (lot.minimumNextBid > limit) return;
    const amount =
      lot.bidPolicy === 'proxy'
        ? inRoundSteps(lot.minimumNextBid + Math.random() * (limit - lot.minimumNextBid))
        : Math.min(limit, inRoundSteps(lot.minimumNextBid * (1 + Math.random() * 0.08)));
    await this.http.post(`/api/lots/${lotId}/bids`, { amount: Math.max(amount, lot.minimumNextBid) });
  }

  /** The samples start at a known part of what a thing is worth. */
  private limitOf({ lotId, startingBid, bidPolicy }: LotView): number {
    const known = this.limits.get(lotId);
    if (known !== undefined) return known;
    const worth = startingBid / (bidPolicy === 'proxy' ? 0.4 : 0.3);
    const limit = inRoundSteps(worth * between(TASTE));
    this.limits.set(lotId, limit);
    return limit;
  }
}

/** People bid 2,150 and not 2,148.37. */
const inRoundSteps = (amount: number): number => {
  const step = 10 ** Math.max(2, Math.floor(Math.log10(Math.max(1, amount))) - 1) / 2;
  return Math.ceil(amount / step) * step;
};
