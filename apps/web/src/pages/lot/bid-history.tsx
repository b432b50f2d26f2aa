import { useState } from 'react';
import { Button } from 'react-aria-components/Button';
import type { BidView } from '#contracts/http/lots.js';
import { useMe } from '../../api/session.js';
import { Money } from '../../components/money.js';
import { Scrolling } from '../../components/scrolling.js';
import { outcomeNames } from './outcome-in-words.js';

/** As many as fit without scrolling. */
const SHOWN_AT_FIRST = 12;

/** The recorded bids, the newest first. Under `proxy` the amount is the price behind the bid. */
export function BidHistory({ bids, currency }: { bids: readonly BidView[]; currency: string }) {
  const [isAll, setAll] = useState(false);
  const me = useMe();
  if (bids.length === 0) return <p className="empty">Nobody has bid yet.</p>;
  const newest = bids.slice(isAll ? 0 : -SHOWN_AT_FIRST).toReversed();
  return (
    <>
      <Scrolling label="List of bids">
        <table>
          <thead>
            <tr>
              <th scope="col">No.</th>
              <th scope="col">Bidder</th>
              <th scope="col" className="number">
                Amount
              </th>
              <th scope="col">Came to</th>
              <th scope="col">Time</th>
            </tr>
          </thead>
          <tbody>
            {newest.map((bid) => (
              <tr key={bid.bidId} data-valid={bid.valid}>
                <td>{bid.sequence}</td>
                <td>{bid.bidderId === me.subject && me.role === 'bidder' ? <strong>You</strong> : bid.bidderId}</td>
                <td className="number">
                  <Money amount={bid.amount} currency={currency} />
                </td>
                <td>{outcomeNames[bid.outcome]}</td>
                <td>
                  <time dateTime={bid.placedAt}>{new Date(bid.placedAt).toLocaleTimeString()}</time>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scrolling>
      {!isAll && bids.length > SHOWN_AT_FIRST && (
        <Button onPress={() => setAll(true)}>Show all {bids.length.toLocaleString()} bids</Button>
      )}
    </>
  );
}
