import type { LotEvent } from '#contracts/events/lot-events.js';
import type { LotTerms } from '#contracts/terms.js';
import type { RecordedEvent } from '#event-store/event-store.js';
import { lastValidBid, type ReferenceBid } from '../reference-bidding.js';
import type { Operation } from './recorder.js';

type Stored = RecordedEvent & LotEvent;
type OfType<T extends LotEvent['type']> = Stored & Extract<LotEvent, { type: T }>;

/**
 * Compares what the callers of one lot (policy `open`, or a fixed price) were told with what its stream says. Answers one sentence
 * for each contradiction; none: every acknowledged command stands in the stream once, in an order that the callers' clocks allow,
 * and the rules' own model comes to the same winner.
 */
export function checkHistory(operations: readonly Operation[], events: readonly RecordedEvent[]): string[] {
  const stream = events as readonly Stored[];
  const bids = operations.filter(({ kind }) => kind === 'bid');
  const purchases = operations.filter(({ kind }) => kind === 'purchase');
  return [
    ...checkStream(stream),
    ...checkBids(bids, stream),
    ...checkPurchases(purchases, stream),
    ...checkRealTime(bids),
    ...checkModel(bids, stream),
  ];
}

const ofType = <T extends LotEvent['type']>(stream: readonly Stored[], type: T): OfType<T>[] =>
  stream.filter((event): event is OfType<T> => event.type === type);

function checkStream(stream: readonly Stored[]): string[] {
  const found: string[] = [];
  for (const [i, { revision }] of stream.entries()) {
    if (revision !== i) found.push(`revision ${revision} stands at place ${i}`);
  }
  found.push(
    ...doubles(
      'event',
      stream.map(({ id }) => id),
    ),
  );
  const placed = ofType(stream, 'BidPlaced');
  found.push(
    ...doubles(
      'bid',
      [...placed, ...ofType(stream, 'BidArrivedLate')].map(({ data }) => data.bidId),
    ),
  );
  for (const [i, { data }] of placed.entries()) {
    if (i > 0 && data.sequence <= (placed[i - 1]?.data.sequence ?? 0)) {
      found.push(`sequence ${data.sequence} stands behind ${placed[i - 1]?.data.sequence}`);
    }
  }
  const closings = ofType(stream, 'LotClosed').length;
  if (closings > 1) found.push(`the lot was closed ${closings} times`);
  return found;
}

function doubles(what: string, ids: readonly string[]): string[] {
  const seen = new Set<string>();
  return ids.filter((id) => seen.has(id) || !seen.add(id)).map((id) => `${what} ${id} is stored twice`);
}

/** Of a 503 or a broken connection nobody knows; any other answer says that nothing was stored. */
const canBeStored = (status: number | null): boolean =>
  status === null || status === 503 || status === 201 || status === 202;

function checkBids(bids: readonly Operation[], stream: readonly Stored[]): string[] {
  const placed = new Map(ofType(stream, 'BidPlaced').map(({ data }) => [data.bidId, data]));
  const late = new Map(ofType(stream, 'BidArrivedLate').map(({ data }) => [data.bidId, data]));
  const found: string[] = [];
  const sent = new Map<string, number>();
  for (const { caller, value, status, body } of bids) {
    const bidId = String(body['bidId']);
    const recorded = placed.get(bidId) ?? (status === 202 ? late.get(bidId) : undefined);
    if (status === 201 || status === 202) {
      if (recorded === undefined) found.push(`bid ${bidId} was acknowledged with ${status} and is not stored`);
      else if (recorded.bidderId !== caller || recorded.amount !== value)
        found.push(`bid ${bidId} is stored as another`);
    }
    if (status === 201 && placed.get(bidId)?.sequence !== body['sequence']) {
      found.push(`bid ${bidId} was told the sequence ${body['sequence']} and has ${placed.get(bidId)?.sequence}`);
    }
    if (canBeStored(status)) {
      sent.set(`${caller} ${value}`, (sent.get(`${caller} ${value}`) ?? 0) + 1);
    }
  }
  for (const { bidderId, amount } of placed.values()) {
    const left = sent.get(`${bidderId} ${amount}`) ?? 0;
    if (left === 0) found.push(`a bid of ${amount} by ${bidderId} is stored, and nobody sent it or it was refused`);
    sent.set(`${bidderId} ${amount}`, left - 1);
  }
  return found;
}

function checkPurchases(purchases: readonly Operation[], stream: readonly Stored[]): string[] {
  const bought = ofType(stream, 'ItemBought');
  const byId = new Map(bought.map(({ data }) => [data.purchaseId, data]));
  const found = doubles(
    'purchase',
    bought.map(({ data }) => data.purchaseId),
  );
  for (const { caller, value, status, body } of purchases) {
    if (status !== 201) continue;
    const data = byId.get(String(body['purchaseId']));
    if (data === undefined) found.push(`purchase ${body['purchaseId']} was acknowledged and is not stored`);
    else if (data.buyerId !== caller || data.quantity !== value) found.push(`purchase ${data.purchaseId} is another`);
  }
  const { quantity = 0, limitPerBuyer = null } = termsOf(stream)?.buyNow ?? {};
  const asked = new Set(purchases.filter(({ status }) => canBeStored(status)).map(({ caller }) => caller));
  const unitsOf = new Map<string, number>();
  let available = quantity;
  for (const { data } of bought) {
    available -= data.quantity;
    if (data.available !== available || available < 0) found.push(`behind ${data.purchaseId}, ${available} are left`);
    if (!asked.has(data.buyerId)) found.push(`a purchase by ${data.buyerId} is stored, who was refused or never asked`);
    const units = (unitsOf.get(data.buyerId) ?? 0) + data.quantity;
    unitsOf.set(data.buyerId, units);
    if (units > (limitPerBuyer ?? units)) found.push(`${data.buyerId} has ${units} units of at most ${limitPerBuyer}`);
  }
  for (const { status, body } of purchases) {
    if (status === 409 && body['code'] === 'sold-out' && available > 0)
      found.push(`sold out was answered, and ${available} are left`);
  }
  return found;
}

/** A bid that was answered before another one was sent has the lower sequence. */
function checkRealTime(bids: readonly Operation[]): string[] {
  const answered = bids.filter(({ status }) => status === 201);
  const byInvocation = [...answered].sort((a, b) => a.invokedAt - b.invokedAt);
  const byAnswer = [...answered].sort((a, b) => a.answeredAt - b.answeredAt);
  const found: string[] = [];
  let highest = 0;
  let done = 0;
  for (const bid of byInvocation) {
    for (let next = byAnswer[done]; next !== undefined && next.answeredAt < bid.invokedAt; next = byAnswer[++done]) {
      highest = Math.max(highest, Number(next.body['sequence']));
    }
    const sequence = Number(bid.body['sequence']);
    if (sequence <= highest) found.push(`sequence ${sequence} was sent after ${highest} was answered`);
  }
  return found;
}

/** What was answered and who won, by the rules' text alone. */
function checkModel(bids: readonly Operation[], stream: readonly Stored[]): string[] {
  const startingBid = termsOf(stream)?.startingBid ?? 0;
  const placed = ofType(stream, 'BidPlaced');
  const found: string[] = [];
  const told = new Map(bids.filter(({ status }) => status === 201).map(({ body }) => [String(body['bidId']), body]));
  let best: ReferenceBid | null = null;
  for (const { data } of placed) {
    const before: number = best?.amount ?? startingBid;
    best = lastValidBid(before, [data]) ?? best;
    const answer = told.get(data.bidId);
    if (answer === undefined) continue;
    if (answer['isCurrentlyHighest'] !== (best === data)) found.push(`bid ${data.bidId} was told a wrong standing`);
    if (answer['currentHighestBid'] !== (best?.amount ?? null)) found.push(`bid ${data.bidId} was told a wrong price`);
  }
  const winner = lastValidBid(
    startingBid,
    placed.map(({ data }) => data),
  );
  for (const { data } of ofType(stream, 'LotSold')) {
    if (data.winnerId === null) continue;
    if (data.winnerId !== winner?.bidderId || data.amount !== winner.amount) {
      found.push(
        `${data.winnerId} won with ${data.amount}, and the model says ${winner?.bidderId} with ${winner?.amount}`,
      );
    }
  }
  return found;
}

const termsOf = (stream: readonly Stored[]): LotTerms | undefined => ofType(stream, 'LotListed')[0]?.data.terms;
