import { createHash } from 'node:crypto';
import { Failure } from '../failure.js';
import { bidderSubject } from './bidder-subject.js';
import { parseCents } from './cents.js';
import { type CsvRecord, failureAt, readCsv } from './read-csv.js';
import type { RecordedAuction, RecordedAuctions } from './recorded-auction.js';

const COLUMNS = [
  'auctionid',
  'bid',
  'bidtime',
  'bidder',
  'bidderrate',
  'openbid',
  'price',
  'item',
  'auction_type',
] as const;
type BidRecord = CsvRecord<(typeof COLUMNS)[number]>;

/** All bids are held in memory, about 300 bytes each, because those of an auction may stand anywhere in the file. */
const MAX_BIDS = 2_000_000;
const MAX_ID = 200;
const MAX_ITEM = 80;

/** Reads and checks a whole file of bids. Throws Failure, which names the line and the column. */
export async function readBids(file: string): Promise<RecordedAuctions> {
  const hash = createHash('sha256');
  const auctions = new Map<string, RecordedAuction>();
  const subjects = new Map<string, string>();
  let bidCount = 0;
  const take = (record: BidRecord): void => {
    bidCount += 1;
    if (bidCount > MAX_BIDS) throw failureAt(file, record.line, `a file holds at most ${MAX_BIDS} bids`);
    addBid(auctions, subjects, file, record);
  };
  await readCsv(file, COLUMNS, take, (bytes) => hash.update(bytes));
  if (bidCount === 0) throw failureAt(file, 2, 'holds no bid');
  // Stable: bids of the same time keep the order of the file.
  for (const { bids } of auctions.values()) bids.sort((a, b) => a.at - b.at);
  return { file, digest: hash.digest('hex'), auctions: [...auctions.values()], bidCount };
}

function addBid(
  auctions: Map<string, RecordedAuction>,
  subjects: Map<string, string>,
  file: string,
  { line, values }: BidRecord,
): void {
  const check = <T>(column: (typeof COLUMNS)[number], read: (text: string) => T): T => {
    try {
      return read(values[column]);
    } catch (error) {
      if (error instanceof Failure) throw failureAt(file, line, error.message, column, values[column]);
      throw error;
    }
  };
  const auctionId = check('auctionid', idOf);
  const bidder = check('bidder', (text) => bidderSubject(idOf(text)));
  const amount = check('bid', bidAmount);
  const at = check('bidtime', daysOf);
  const startingBid = check('openbid', parseCents);
  const price = check('price', parseCents);
  check('bidderrate', checkRating);

  const auction = auctions.get(auctionId) ?? { auctionId, line, title: titleOf(values), startingBid, price, bids: [] };
  const asBefore = (column: 'openbid' | 'price', before: number, now: number) => {
    if (before === now) return;
    throw failureAt(file, line, `differs from line ${auction.line} of the same auction`, column, values[column]);
  };
  asBefore('openbid', auction.startingBid, startingBid);
  asBefore('price', auction.price, price);
  auctions.set(auctionId, auction);
  auction.bids.push({ line, bidder: once(subjects, bidder), amount, at });
}

/** The one copy of a text that many bids share. */
function once(texts: Map<string, string>, text: string): string {
  const known = texts.get(text);
  if (known === undefined) texts.set(text, text);
  return known ?? text;
}

function idOf(text: string): string {
  if (text.trim() === '') throw new Failure('is empty');
  if (text.length > MAX_ID) throw new Failure(`has more than ${MAX_ID} characters`);
  return text;
}

function bidAmount(text: string): number {
  const cents = parseCents(text);
  if (cents === 0) throw new Failure('is nothing: a bid is at least 0.01');
  return cents;
}

/** Only ever compared, so a float serves; statistics programs write small numbers as 1.2E-05. */
function daysOf(text: string): number {
  if (!/^\d+(\.\d+)?([eE][+-]?\d{1,2})?$/.test(text)) throw new Failure('is not a number of days');
  return Number(text);
}

/** Not used; empty or NA where the source did not know it. */
function checkRating(text: string): void {
  if (!/^(-?\d+|NA|)$/.test(text)) throw new Failure('is not a whole number');
}

/** One line, as a server takes it: a cell may hold several. */
const titleOf = ({ item, auctionid }: BidRecord['values']): string =>
  `${[...item.trim()].slice(0, MAX_ITEM).join('')} ${auctionid}`.replaceAll(/\p{Cc}+/gu, ' ').trim();
