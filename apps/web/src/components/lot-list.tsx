import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { memo, type ReactNode, useLayoutEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import { pageRoutes } from '#contracts/http/page-routes.js';
import { useLot, useStanding } from '../live/lot-store.js';
import { Countdown } from './countdown.js';
import { Money } from './money.js';
import { StandingBadge, StateBadge } from './state-badge.js';

const ROW_PX = 76;
const NARROW_ROW_PX = 128;

interface LotListProps {
  readonly lotIds: readonly string[];
  /** What an auctioneer can do with a lot. */
  readonly actions?: (lotId: string) => ReactNode;
  /** Of several auctions: then their numbers say nothing. */
  readonly isMixed?: boolean;
}

/** Lots in rows. Only those in sight are drawn, so that a thousand of them cost no more than twenty. */
export function LotList({ lotIds, actions, isMixed = false }: LotListProps) {
  const list = useRef<HTMLUListElement>(null);
  const [top, setTop] = useState(0);
  const [isNarrow] = useState(() => matchMedia('(max-width: 640px)').matches);
  useLayoutEffect(() => setTop(list.current?.offsetTop ?? 0), []);
  const rows = useWindowVirtualizer({
    count: lotIds.length,
    estimateSize: () => (isNarrow ? NARROW_ROW_PX : ROW_PX),
    overscan: 6,
    scrollMargin: top,
    getItemKey: (index) => lotIds[index] ?? index,
  });
  return (
    <ul className="lots" data-mixed={isMixed || undefined} ref={list} style={{ height: rows.getTotalSize() }}>
      {rows.getVirtualItems().map(({ key, index, start }) => (
        <li
          key={key}
          ref={rows.measureElement}
          data-index={index}
          aria-setsize={lotIds.length}
          aria-posinset={index + 1}
          style={{ transform: `translateY(${start - top}px)` }}
        >
          <LotRow lotId={lotIds[index] ?? ''} actions={actions} />
        </li>
      ))}
    </ul>
  );
}

interface LotRowProps {
  readonly lotId: string;
  readonly actions?: ((lotId: string) => ReactNode) | undefined;
}

const LotRow = memo(function LotRow({ lotId, actions }: LotRowProps) {
  const lot = useLot(lotId);
  const standing = useStanding(lotId);
  if (lot === undefined) return null;
  const { buyNow, state } = lot;
  const isFixed = buyNow !== null && buyNow.quantity > 1;
  return (
    <article className="lot-row">
      <span className="ordinal" aria-hidden="true">
        {lot.ordinal}
      </span>
      <div className="what">
        <Link href={pageRoutes.lot.replace(':lotId', lotId)}>{lot.title}</Link>
        <small>
          {lot.vehicle !== null && `${lot.vehicle.mileage.toLocaleString()} on the odometer · `}
          {isFixed
            ? `${buyNow.available} of ${buyNow.quantity} left`
            : `${lot.bidCount} ${lot.bidCount === 1 ? 'bid' : 'bids'}`}
          {!isFixed && !lot.reserveMet && ' · reserve not met'}
        </small>
      </div>
      <div className="price">
        <Money amount={isFixed ? buyNow.price : (lot.currentPrice ?? lot.startingBid)} currency={lot.currency} />
        <small>
          {isFixed
            ? 'fixed price'
            : lot.currentPrice === null
              ? 'starting bid'
              : state === 'sold'
                ? 'sold for'
                : 'price now'}
        </small>
      </div>
      <div className="when">
        {state === 'open' && lot.closesAt !== null ? <Countdown to={lot.closesAt} /> : <StateBadge state={state} />}
        <StandingBadge standing={standing} />
      </div>
      {actions !== undefined && <div className="actions">{actions(lotId)}</div>}
    </article>
  );
});
