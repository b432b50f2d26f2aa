import { setTimeout as sleep } from 'node:timers/promises';
import type { AuctionView } from '#contracts/http/auctions.js';
import type { LotView } from '#contracts/http/lots.js';
import type { GavelHttp } from './gavel-http.js';
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

  constructor(private readonly auctioneer: GavelHttp) {}

  /** Makes the first auction of each kind. */
  async open(): Promise<void> {
    for (const { make, startsByHand } of kinds) this.running.set(make, await this.make(make, startsByHand));
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
    for (const { make, startsByHand } of kinds) {
      const auctionId = this.running.get(make);
      const auction = await this.auctioneer.get<AuctionView>(`/api/auctions/${auctionId}`);
      if (auction.state === 'ended' || auction.state === 'cancelled')
        this.running.set(make, await this.make(make, startsByHand));
      lots.push(...auction.lots.filter(({ state }) => state === 'open'));
    }
    this.openLots = lots;
  }

  private async make(kind: Kind, startsByHand: boolean): Promise<string> {
    this.number += 1;
    const { auction, lots } = kind(pick, this.number);
    const { auctionId } = await this.auctioneer.post<AuctionView>('/api/auctions', auction);
    for (const lot of lots) await this.auctioneer.post(`/api/auctions/${auctionId}/lots`, lot);
    if (startsByHand) await this.auctioneer.post(`/api/auctions/${auctionId}/start`);
    return auctionId;
  }
}
