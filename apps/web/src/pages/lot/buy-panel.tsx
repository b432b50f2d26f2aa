import { useState } from 'react';
import { Button } from 'react-aria-components/Button';
import type { PurchaseAnswer } from '#contracts/http/lots.js';
import { ApiProblem, command } from '../../api/http.js';
import { ProblemNotice } from '../../components/problem-notice.js';
import { type KnownLot, lotStore } from '../../live/lot-store.js';
import { formatMoney } from '../../money/money.js';

/** Buying at the fixed price: asked once more before it is done, since there is no way back. */
export function BuyPanel({ lot }: { lot: KnownLot }) {
  const [isAsking, setAsking] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [bought, setBought] = useState<PurchaseAnswer | null>(null);
  /** What was bought before the page was opened, the server alone knows: it refuses more than the limit. */
  const [unitsHere, setUnitsHere] = useState(0);
  const { buyNow, lotId, currency, state } = lot;
  if (buyNow === null) return null;
  const price = formatMoney(buyNow.price, currency);
  const { limitPerBuyer } = buyNow;
  const hasAll = problem?.problem.code === 'purchase-limit-exceeded' || unitsHere === limitPerBuyer;
  const isOffered = state === 'open' && buyNow.available > 0 && !hasAll;
  const isSoldOut = buyNow.available === 0;
  const saysNothing = state !== 'open' && buyNow.quantity === 1 && bought === null && problem === null;
  if (saysNothing) return null;

  async function buy() {
    setBusy(true);
    setProblem(null);
    try {
      const { body } = await command<PurchaseAnswer>(`/api/lots/${lotId}/purchases`, { quantity: 1 });
      setBought(body);
      setUnitsHere((before) => before + body.quantity);
      lotStore.meant(lotId, { bought: true });
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      setProblem(error);
    } finally {
      setBusy(false);
      setAsking(false);
    }
  }

  return (
    <div className="buy">
      {buyNow.quantity > 1 && (
        <p className="stock" role="status" data-testid="stock">
          {isSoldOut ? 'Sold out' : `${buyNow.available.toLocaleString()} of ${buyNow.quantity.toLocaleString()} left`}
        </p>
      )}
      {state === 'open' && isSoldOut && buyNow.quantity === 1 && (
        <p className="stock" role="status">
          The bidding has ended buying now.
        </p>
      )}
      {state === 'open' && limitPerBuyer !== null && buyNow.quantity > 1 && (
        <p>
          {hasAll ? `You have the ${limitPerBuyer} that one buyer may buy.` : `At most ${limitPerBuyer} for each buyer`}
        </p>
      )}
      {isOffered && !isAsking && <Button onPress={() => setAsking(true)}>Buy now for {price}</Button>}
      {isOffered && isAsking && (
        <fieldset className="confirm">
          <legend>Buy one for {price}? This cannot be undone.</legend>
          <Button className="primary" onPress={buy} isPending={isBusy} autoFocus>
            Yes, buy it
          </Button>
          <Button onPress={() => setAsking(false)}>No</Button>
        </fieldset>
      )}
      <p role="status" className="said">
        {bought !== null &&
          `You bought ${bought.quantity} for ${formatMoney(bought.price * bought.quantity, currency)}.`}
      </p>
      {problem && <ProblemNotice problem={problem} />}
    </div>
  );
}
