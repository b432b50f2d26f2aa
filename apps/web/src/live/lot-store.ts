import { useSyncExternalStore } from 'react';
import type { LotView, MyBidView } from '#contracts/http/lots.js';
import type { LotNow, PushedLot } from '#contracts/push/server-messages.js';
import { isBehind } from './position.js';
import { type Standing, standingAfter } from './standing.js';

/** A lot as it is known now. Who leads has an alias or a name, after the way the news came: only lists of bids name people. */
export type KnownLot = LotView | PushedLot;

/** The one place where lots are kept: pages read from it, answers over HTTP and pushed messages write to it. */
export class LotStore {
  private readonly lots = new Map<string, KnownLot>();
  private readonly standings = new Map<string, Standing>();
  private readonly listeners = new Map<string, Set<() => void>>();
  private readonly changed = new Set<string>();

  lot(lotId: string): KnownLot | undefined {
    return this.lots.get(lotId);
  }

  standing(lotId: string): Standing {
    return this.standings.get(lotId) ?? null;
  }

  /** A whole lot; an answer that was overtaken by newer news is dropped. */
  put(lot: KnownLot): void {
    const known = this.lots.get(lot.lotId);
    if (known !== undefined && isBehind(lot.position, known.position)) return;
    this.lots.set(lot.lotId, lot);
    this.touch(lot.lotId);
  }

  /** What an event made of a lot. Without the lot itself there is nothing to lay it over. */
  patch(lotId: string, position: string, now: LotNow): void {
    const known = this.lots.get(lotId);
    if (known === undefined || isBehind(position, known.position)) return;
    const { available, ...rest } = now;
    const buyNow = known.buyNow && { ...known.buyNow, available: available ?? 0 };
    this.lots.set(lotId, { ...known, ...rest, buyNow, position });
    this.touch(lotId);
  }

  /** What a message means for the user. What an answer means is dropped when there is news from behind its `position` already. */
  meant(lotId: string, you: Parameters<typeof standingAfter>[1], position?: string): void {
    const lot = this.lots.get(lotId);
    if (lot === undefined || (position !== undefined && isBehind(position, lot.position))) return;
    const before = this.standing(lotId);
    const after = standingAfter(before, you, lot.state);
    if (after === before) return;
    this.standings.set(lotId, after);
    this.touch(lotId);
  }

  /** The user's own bids: the newest of each lot says where they stand, unless a message has told since. */
  putMyBids(bids: readonly Pick<MyBidView, 'lotId' | 'standing' | 'state'>[]): void {
    for (const { lotId, standing, state } of bids) {
      // One that is pending or was refused says nothing yet, or no longer.
      if (this.standings.has(lotId) || state === 'spooled' || state === 'refused') continue;
      this.standings.set(lotId, standing);
      this.touch(lotId);
    }
  }

  clear(): void {
    const ids = [...this.lots.keys(), ...this.standings.keys()];
    this.lots.clear();
    this.standings.clear();
    for (const lotId of ids) this.touch(lotId);
  }

  subscribe(lotId: string, listener: () => void): () => void {
    const here = this.listeners.get(lotId) ?? new Set();
    this.listeners.set(lotId, here.add(listener));
    return () => {
      here.delete(listener);
      if (here.size === 0 && this.listeners.get(lotId) === here) this.listeners.delete(lotId);
    };
  }

  /** However many messages come in one go, each row is drawn once. */
  private touch(lotId: string): void {
    this.changed.add(lotId);
    if (this.changed.size === 1) setTimeout(() => this.tell(), 16);
  }

  private tell(): void {
    const ids = [...this.changed];
    this.changed.clear();
    for (const id of ids) for (const listener of this.listeners.get(id) ?? []) listener();
  }
}

export const lotStore = new LotStore();

export const useLot = (lotId: string): KnownLot | undefined =>
  useSyncExternalStore(
    (listener) => lotStore.subscribe(lotId, listener),
    () => lotStore.lot(lotId),
  );

export const useStanding = (lotId: string): Standing =>
  useSyncExternalStore(
    (listener) => lotStore.subscribe(lotId, listener),
    () => lotStore.standing(lotId),
  );
