import type { Money } from '#contracts/money.js';
import { Failure } from '../failure.js';
import { parseCents } from './cents.js';
import { failureAt, readCsv } from './read-csv.js';
import type { RecordedAuction, RecordedAuctions } from './recorded-auction.js';
import { replay } from './replay.js';

/** Hidden reserves by auction, cents. */
export type Reserves = ReadonlyMap<string, Money>;

export const reserveOf = (reserves: Reserves, { auctionId }: RecordedAuction): Money | null =>
  reserves.get(auctionId) ?? null;

/** Of a CSV file with the columns auctionid and reserve, or with `auto` inferred; none by default. Rejects with Failure. */
export async function reservesFrom(source: string | undefined, recorded: RecordedAuctions): Promise<Reserves> {
  if (source === undefined) return new Map();
  if (source === 'auto') return inferredReserves(recorded.auctions);
  return readReserves(source, recorded);
}

/**
 * The reserves that the recorded prices tell of. An auction that closed exactly at the winner's hidden maximum, though the
 * rivals did not drive the price there, had a reserve that only this maximum met (bidding-rules: Reserve; P = r).
 */
export function inferredReserves(auctions: readonly RecordedAuction[]): Reserves {
  const reserves = new Map<string, Money>();
  for (const auction of auctions) {
    const { price, leaderMaximum } = replay(auction, null);
    if (price !== auction.price && leaderMaximum === auction.price) reserves.set(auction.auctionId, auction.price);
  }
  return reserves;
}

async function readReserves(file: string, recorded: RecordedAuctions): Promise<Reserves> {
  const known = new Set(recorded.auctions.map((auction) => auction.auctionId));
  const reserves = new Map<string, Money>();
  await readCsv(file, ['auctionid', 'reserve'], ({ line, values }) => {
    const { auctionid, reserve } = values;
    if (!known.has(auctionid)) throw failureAt(file, line, `is not in ${recorded.file}`, 'auctionid', auctionid);
    if (reserves.has(auctionid)) throw failureAt(file, line, 'is there twice', 'auctionid', auctionid);
    reserves.set(auctionid, reserveIn(file, line, reserve));
  });
  return reserves;
}

function reserveIn(file: string, line: number, text: string): Money {
  try {
    const cents = parseCents(text);
    if (cents === 0) throw new Failure('is nothing: a reserve is at least 0.01');
    return cents;
  } catch (error) {
    if (error instanceof Failure) throw failureAt(file, line, error.message, 'reserve', text);
    throw error;
  }
}
