import type { Money } from '#contracts/money.js';
import { type Column, type Row, table } from '../terminal/table.js';
import { bidderName } from './bidder-subject.js';
import { dollars } from './cents.js';
import type { RecordedAuction } from './recorded-auction.js';
import type { Closing, Outcomes } from './replay.js';
import { type Reserves, reserveOf } from './reserves.js';

/** The recorded and the computed closing of one auction; amounts in cents, ids of Gavel null in a dry run. */
export interface ClosingLine {
  readonly auctionid: string;
  /** Of its first bid in the file. */
  readonly line: number;
  readonly bids: number;
  readonly auctionId: string | null;
  readonly lotId: string | null;
  readonly state: Closing['state'];
  readonly winnerId: string | null;
  readonly reserve: Money | null;
  readonly recorded: Money;
  readonly computed: Money | null;
  readonly equal: boolean;
}

export interface Report {
  readonly auctions: number;
  readonly bids: number;
  /** How many bids came to what. */
  readonly outcomes: Outcomes;
  readonly equal: number;
  readonly summary: string;
  readonly closings: readonly ClosingLine[];
}

type AnyClosing = Closing & { readonly auctionId?: string; readonly lotId?: string };

/** `closings[i]` belongs to `auctions[i]`. */
export function reportOf(
  auctions: readonly RecordedAuction[],
  closings: readonly AnyClosing[],
  reserves: Reserves,
): Report {
  const lines = closings.map((closing, i) => closingLine(auctions[i] as RecordedAuction, closing, reserves));
  const equal = lines.filter((line) => line.equal).length;
  return {
    auctions: lines.length,
    bids: auctions.reduce((sum, { bids }) => sum + bids.length, 0),
    outcomes: sumOf(closings.map(({ outcomes }) => outcomes)),
    equal,
    summary: `${equal} of ${lines.length} closing prices equal`,
    closings: lines,
  };
}

function closingLine(recorded: RecordedAuction, closing: AnyClosing, reserves: Reserves): ClosingLine {
  return {
    auctionid: recorded.auctionId,
    line: recorded.line,
    bids: recorded.bids.length,
    auctionId: closing.auctionId ?? null,
    lotId: closing.lotId ?? null,
    state: closing.state,
    winnerId: closing.winnerId,
    reserve: reserveOf(reserves, recorded),
    recorded: recorded.price,
    computed: closing.amount,
    equal: closing.amount === recorded.price,
  };
}

function sumOf(all: readonly Outcomes[]): Outcomes {
  const sums: Record<string, number> = {};
  for (const outcomes of all) {
    for (const [outcome, count] of Object.entries(outcomes)) sums[outcome] = (sums[outcome] ?? 0) + count;
  }
  return sums;
}

const COLUMNS: readonly Column[] = [
  { head: 'auctionid' },
  { head: 'bids', align: 'right' },
  { head: 'state' },
  { head: 'winner' },
  { head: 'reserve', align: 'right' },
  { head: 'recorded', align: 'right' },
  { head: 'computed', align: 'right' },
];

/** The closings as a table: the differing ones, or all. Empty when there is nothing to show. */
export function closingsTable({ closings }: Report, all: boolean): string {
  const shown = closings.filter((line) => all || !line.equal);
  if (shown.length === 0) return '';
  return table(COLUMNS, shown.map(rowOf));
}

const inDollars = (cents: Money | null) => (cents === null ? null : dollars(cents));

const rowOf = (line: ClosingLine): Row => [
  line.auctionid,
  line.bids,
  line.state,
  line.winnerId === null ? null : bidderName(line.winnerId),
  inDollars(line.reserve),
  inDollars(line.recorded),
  inDollars(line.computed),
];
