import { Countdown } from '../../components/countdown.js';
import { Money } from '../../components/money.js';
import { type KnownLot, useStanding } from '../../live/lot-store.js';
import type { Standing } from '../../live/standing.js';
import { formatMoney } from '../../money/money.js';

/** What everybody wants to know at a glance: the price, the time that is left, and where one stands. */
export function PricePanel({ lot }: { lot: KnownLot }) {
  const standing = useStanding(lot.lotId);
  const isFixed = lot.buyNow !== null && lot.buyNow.quantity > 1;
  const price = isFixed ? (lot.buyNow?.price ?? null) : lot.currentPrice;
  return (
    <>
      <div className="price-now" data-testid="price">
        <small>{caption(lot, isFixed)}</small>
        <output key={price} className="big-price">
          <Money amount={price ?? lot.startingBid} currency={lot.currency} />
        </output>
      </div>
      {/* Said aloud when it changes; the visible price above is not, so that nothing is said twice. */}
      <p className="for-ears" role="status">
        {lot.currentPrice !== null && `The price is ${formatMoney(lot.currentPrice, lot.currency)}.`}{' '}
        {sentence(standing)}
      </p>
      <dl className="at-a-glance">
        {lot.state === 'open' && (
          <div>
            <dt>Closes in</dt>
            <dd data-testid="countdown">
              {lot.closesAt === null ? 'when the auctioneer says so' : <Countdown to={lot.closesAt} />}
            </dd>
          </div>
        )}
        {lot.state === 'listed' && lot.closesAt !== null && (
          <div>
            <dt>Closes</dt>
            <dd>{new Date(lot.closesAt).toLocaleString()}</dd>
          </div>
        )}
        {!isFixed && (
          <div>
            <dt>Bids</dt>
            <dd>{lot.bidCount.toLocaleString()}</dd>
          </div>
        )}
        {!isFixed && !lot.reserveMet && (
          <div>
            <dt>Reserve</dt>
            <dd>not met</dd>
          </div>
        )}
      </dl>
      {standing !== null && (
        <p className="standing" data-standing={standing} data-testid="standing">
          {sentence(standing)}
        </p>
      )}
    </>
  );
}

function caption(lot: KnownLot, isFixed: boolean): string {
  if (lot.state === 'sold' && isFixed) return lot.buyNow?.available === 0 ? 'Sold out at' : 'Sold at';
  if (lot.state === 'sold') return 'Sold for';
  if (lot.state === 'passed') return 'Not sold. Last price';
  if (lot.state === 'withdrawn') return 'Withdrawn';
  if (isFixed) return 'Fixed price';
  return lot.currentPrice === null ? 'No bid yet. It starts at' : 'Current price';
}

function sentence(standing: Standing): string {
  switch (standing) {
    case 'leading':
      return 'You are leading.';
    case 'outbid':
      return 'You have been outbid.';
    case 'won':
      return 'You won this lot.';
    case 'lost':
      return 'You did not win this lot.';
    case 'bought':
      return 'You bought this.';
    case null:
      return '';
  }
}
