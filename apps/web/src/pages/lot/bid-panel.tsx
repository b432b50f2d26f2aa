import { type FormEvent, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import type { BidAnswer, SpooledBidAnswer } from '#contracts/http/lots.js';
import { ApiProblem, command } from '../../api/http.js';
import { AmountField } from '../../components/amount-field.js';
import { ApiForm } from '../../components/api-form.js';
import { ProblemNotice } from '../../components/problem-notice.js';
import { type KnownLot, lotStore, useStanding } from '../../live/lot-store.js';
import type { MyHighestBid } from '../../live/use-lot-page.js';
import { formatMoney, parseAmount, plainAmount } from '../../money/money.js';
import { outcomeInWords } from './outcome-in-words.js';
import { PendingBids, usePendingBids } from './pending-bids.js';

/** The way to bid: the least that counts is filled in, and what came of it is said in words. */
export function BidPanel({ lot, mine }: { lot: KnownLot; mine: MyHighestBid }) {
  const { lotId, currency, minimumNextBid, bidPolicy } = lot;
  const [typed, setTyped] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [said, setSaid] = useState<BidAnswer | null>(null);
  const pending = usePendingBids();
  const standing = useStanding(lotId);

  if (lot.state !== 'open') return mine.amount === null ? null : <MyMaximum lot={lot} amount={mine.amount} />;
  const isProxy = bidPolicy === 'proxy';
  const text = typed ?? plainAmount(minimumNextBid, currency);
  const read = parseAmount(text, currency);
  const offered = 'minor' in read ? read.minor : null;

  async function bid(event: FormEvent) {
    event.preventDefault();
    if (offered === null || isBusy) return;
    setBusy(true);
    // What is asked again after a lost answer must be the same, whatever the least bid has become.
    setTyped(text);
    setProblem(null);
    setSaid(null);
    try {
      const { body } = await command<BidAnswer | SpooledBidAnswer>(`/api/lots/${lotId}/bids`, { amount: offered });
      if ('durability' in body) {
        pending.add({ bidId: body.bidId, amount: offered });
        mine.reload();
      } else {
        mine.reload(body.position);
        lotStore.meant(lotId, body.isCurrentlyHighest ? { bid: true, leading: true } : { bid: true }, body.position);
        setSaid(body);
      }
      setTyped(null);
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      setProblem(error);
    } finally {
      setBusy(false);
    }
  }

  return (
    <ApiForm className="bid-form" problem={problem} onSubmit={bid} onEdit={() => setProblem(null)}>
      <AmountField
        label={isProxy ? 'Your maximum' : 'Your bid'}
        name="amount"
        currency={currency}
        text={text}
        onType={setTyped}
        isRequired
        hint={`At least ${formatMoney(minimumNextBid, currency)} to ${isProxy ? 'count' : 'lead'}`}
      />
      <Button type="submit" className="primary" isPending={isBusy} isDisabled={offered === null}>
        {offered === null ? 'Bid' : `${isProxy ? 'Bid up to' : 'Bid'} ${formatMoney(offered, currency)}`}
      </Button>
      {mine.amount !== null && <MyMaximum lot={lot} amount={mine.amount} />}
      <p role="status" className="said">
        {said !== null && !(said.isCurrentlyHighest && standing === 'outbid') && outcomeInWords(said, currency)}
      </p>
      <PendingBids bids={pending} currency={currency} />
      {problem && <ProblemNotice problem={problem} />}
    </ApiForm>
  );
}

const MyMaximum = ({ lot, amount }: { lot: KnownLot; amount: number }) => (
  <p className="my-maximum">
    {lot.bidPolicy === 'proxy' ? 'Your maximum' : 'Your highest bid'}: {formatMoney(amount, lot.currency)}
  </p>
);
