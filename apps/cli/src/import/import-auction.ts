import Type from 'typebox';
import { AuctionStateAnswer } from '#contracts/http/auctions.js';
import { BidAnswer, LotResultView } from '#contracts/http/lots.js';
import { AuctionId, LotId } from '#contracts/ids.js';
import type { Money } from '#contracts/money.js';
import { Failure } from '../failure.js';
import type { BidderKeys } from './bidder-keys.js';
import type { GavelClient, Request } from './gavel-client.js';
import type { IdempotencyKeys } from './idempotency-keys.js';
import type { RecordedAuction } from './recorded-auction.js';
import type { Closing, Outcomes } from './replay.js';
import { Refused } from './request-failures.js';

const Created = Type.Object({ auctionId: AuctionId });
const Added = Type.Object({ lotId: LotId });
const Placed = Type.Pick(BidAnswer, ['outcome']);
const Result = Type.Pick(LotResultView, ['state', 'winnerId', 'amount']);
const State = Type.Pick(AuctionStateAnswer, ['position']);

/** What every auction of an import shares. */
export interface ImportContext {
  readonly client: GavelClient;
  readonly adminKey: string;
  readonly bidderKeys: BidderKeys;
  readonly idempotencyKeys: IdempotencyKeys;
  /** Path of the file, for messages. */
  readonly file: string;
  readonly onBid: () => void;
}

export interface ImportedAuction extends Closing {
  /** Gavel's ids. */
  readonly auctionId: string;
  readonly lotId: string;
}

/**
 * Creates the auction with its one lot, starts it, places the bids in order of arrival, one after the other, ends it and reads
 * the result. Every step may have been done by an earlier run. Rejects with Failure, which names the line of the file.
 */
export async function importAuction(
  context: ImportContext,
  recorded: RecordedAuction,
  reserve: Money | null,
): Promise<ImportedAuction> {
  const { client, adminKey: key, idempotencyKeys: ids, file } = context;
  const { auctionId: id, line, title, startingBid } = recorded;
  const post = <Schema extends Type.TSchema>(path: string, idempotencyKey: string, schema: Schema, body?: object) =>
    atLine(file, line, client.send({ method: 'POST', path, key, idempotencyKey, ...(body && { body }) }, schema));

  const { auctionId } = await post('api/auctions', ids.of(id, 'create'), Created, { title, currency: 'USD' });
  const { lotId } = await post(`api/auctions/${auctionId}/lots`, ids.of(id, 'add-lot'), Added, {
    title,
    startingBid,
    bidPolicy: 'proxy',
    increments: 'ebay',
    ...(reserve !== null && { reserve }),
  });
  await post(`api/auctions/${auctionId}/start`, ids.of(id, 'start'), State);
  const outcomes = await placeBids(context, recorded, lotId);
  const { position } = await post(`api/auctions/${auctionId}/end`, ids.of(id, 'end'), State);
  const result = await atLine(file, line, client.send(resultOf(lotId, position, key), Result));
  if (result.state !== 'sold' && result.state !== 'passed') {
    throw new Failure(`${file}:${line}: somebody else has made lot ${lotId} ${result.state}`);
  }
  return { auctionId, lotId, state: result.state, winnerId: result.winnerId, amount: result.amount, outcomes };
}

async function placeBids(context: ImportContext, recorded: RecordedAuction, lotId: string): Promise<Outcomes> {
  const { client, bidderKeys, idempotencyKeys, file, onBid } = context;
  const outcomes: Record<string, number> = {};
  for (const [ordinal, { line, bidder, amount }] of recorded.bids.entries()) {
    const key = await atLine(file, line, bidderKeys.keyOf(bidder));
    const { outcome } = await atLine(
      file,
      line,
      client.send(
        {
          method: 'POST',
          path: `api/lots/${lotId}/bids`,
          key,
          idempotencyKey: idempotencyKeys.ofBid(recorded.auctionId, ordinal),
          body: { amount },
          // The start of the auction is on its way to the lot.
          passing: ['lot-not-found', 'lot-not-open'],
        },
        Placed,
      ),
    );
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    onBid();
  }
  return outcomes;
}

const resultOf = (lotId: string, position: string | undefined, key: string): Request => ({
  method: 'GET',
  path: `api/lots/${lotId}/result${position === undefined ? '' : `?atLeast=${position}`}`,
  key,
  // The end of the auction is on its way to the lot, and from there to the read model.
  passing: ['lot-not-found'],
  isFinal: (answer) => (answer as { state?: unknown } | null)?.state !== 'pending',
});

/** Puts the line of the file before the message of what went wrong. */
async function atLine<T>(file: string, line: number, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const isReused = error instanceof Refused && error.status === 422;
    const hint = isReused ? ' An import of this name has sent something else: give this one another --name.' : '';
    throw new Failure(`${file}:${line}: ${error.message}${hint}`, { cause: error });
  }
}
