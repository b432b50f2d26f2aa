import { type Auction, type AuctionState, lotsInOrder } from '#auction/auction/auction.js';
import type { IncrementTable } from '#contracts/terms.js';
import { toIso } from '#contracts/time.js';
import { type Column, type Row, table } from '../terminal/table.js';

/** A state as text: a line for each field, and for an auction a line for each lot, at most `maxLots`. */
export function stateTable(state: object, maxLots: number): string {
  if (!isAuction(state)) return table([{ head: 'field' }, { head: 'value' }], fieldRows(state));
  const { lots: _, order, ...rest } = state;
  const fields = table([{ head: 'field' }, { head: 'value' }], fieldRows({ ...rest, lots: order.size }));
  return order.size === 0 ? fields : `${fields}\n${lotTable(state, maxLots)}`;
}

const isAuction = (state: object): state is Auction =>
  'order' in state && (state as AuctionState).phase !== 'not-created';

/** Nested fields by their path: `terms.startingBid`. Lists and maps as JSON. */
function fieldRows(value: object, path = ''): Row[] {
  return Object.entries(value).flatMap(([name, field]: [string, unknown]): Row[] => {
    const at = `${path}${name}`;
    if (field !== null && typeof field === 'object' && Object.getPrototypeOf(field) === Object.prototype) {
      return fieldRows(field, `${at}.`);
    }
    if (name === 'increments') return [[at, bandsOf(field as IncrementTable)]];
    if (field !== null && typeof field === 'object') return [[at, JSON.stringify(field)]];
    if (typeof field === 'number' && name.endsWith('At')) return [[at, toIso(field)]];
    return [[at, field === null ? null : String(field)]];
  });
}

/** `0+5 100+25`: from 0 on steps of 5, from 100 on steps of 25. */
const bandsOf = (increments: IncrementTable): string => increments.map(({ from, step }) => `${from}+${step}`).join(' ');

const LOT_COLUMNS: readonly Column[] = [
  { head: 'lot', align: 'right' },
  { head: 'lotId' },
  { head: 'title' },
  { head: 'result' },
  { head: 'amount', align: 'right' },
  { head: 'winner' },
];

function lotTable(auction: Auction, maxLots: number): string {
  const lots = lotsInOrder(auction);
  const rows = lots.slice(0, maxLots).map(({ ordinal, lotId, terms, result }): Row => {
    return [ordinal, lotId, terms.title, result?.state ?? null, result?.amount ?? null, result?.winnerId ?? null];
  });
  const left = lots.length - rows.length;
  return table(LOT_COLUMNS, rows) + (left === 0 ? '' : `and ${left} more lots (--all)\n`);
}
