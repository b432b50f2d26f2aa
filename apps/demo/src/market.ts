import { setTimeout as sleep } from 'node:timers/promises';
import type { AuctionView } from '#contracts/http/auctions.js';
import type { LotView } from '#contracts/http/lots.js';
import { type GavelHttp, Refused } from './gavel-http.js';
import { carAuction, collectiblesAuction, eveningSale, type Sample, warehouseSale } from './sample-auctions.js';

const LOOK_EVERY_MS = 1_000;

type Kind = (pick: <T>(from: readonly T[]) => T, number: number) => Sample;
const kinds: readonly { readonly make: Kind; readonly startsByHand: boolean }[] = [
  { make: carAuction, startsByHand: true },
  { make: collectiblesAuction, startsByHand: true },
  { make: warehouseSale, startsByHand: true },
  { make: eveningSale, startsByHand: false },
];

export const pick = <T>(from: readonly T[]): T => from[Math.floor(Math.random() * from.length)] as T;

/** Auctions of every kind, always some of them running: when one has ended or was cancelled, the next of its kind begins. */
export class Market {
  /** Lots that take bids or purchases, as they were a moment ago. */
  openLots: readonly LotView[] = [];
  private readonly running = new Map<Kind, string>();
  private number = 0;

  /** `note`: is told what was refused. The market goes on, and tries again a moment later. */
  constructor(
    private readonly auctioneer: GavelHttp,
    private readonly note: (line: string) => void,
  ) {}

  /** Makes the first auction of each kind. */
  async open(): Promise<void> {
    await this.look();
    // To see what the first look has made.
    await this.look();
  }

  /** Goes on until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.look();
      await sleep(LOOK_EVERY_MS, undefined, { signal });
    }
  }

  private async look(): Promise<void> {
    const lots: LotView[] = [];
    for (const kind of kinds) {
      await this.attempt(async () => {
        const auction = await this.current(kind);
        lots.push(...auction.lots.filter(({ state }) => state === 'open'));
      });
    }
    this.openLots = lots;
  }

  /** The auction of the kind that runs, or is to run next. */
  private async current({ make, startsByHand }: (typeof kinds)[number]): Promise<AuctionView> {
    const auctionId = this.running.get(make) ?? (await this.make(make));
    const auction = await this.auctioneer.get<AuctionView>(`/api/auctions/${auctionId}`);
    if (auction.state === 'ended' || auction.state === 'cancelled') this.running.delete(make);
    if (auction.state === 'created' && startsByHand) await this.auctioneer.post(`/api/auctions/${auctionId}/start`);
    return auction;
  }

  private async make(kind: Kind): Promise<string> {
    const { auction, lots } = kind(pick, this.number + 1);
    const { auctionId } = await this.auctioneer.post<AuctionView>('/api/auctions', auction);
    this.number += 1;
    this.running.set(kind, auctionId);
    for (const lot of lots)
      await this.attempt(() => this.auctioneer.post<LotView>(`/api/auctions/${auctionId}/lots`, lot));
    return auctionId;
  }

  private async attempt(act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.note(`The market goes on without this: ${error.message}`);
    }
  }
}
