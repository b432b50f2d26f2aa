import type { AuctionViewState } from '#contracts/http/auctions.js';
import type { LotViewState } from '#contracts/http/lots.js';
import type { Standing } from '../live/standing.js';

const words: Record<LotViewState | AuctionViewState, string> = {
  listed: 'Not open yet',
  open: 'Open',
  sold: 'Sold',
  passed: 'Not sold',
  withdrawn: 'Withdrawn',
  created: 'Upcoming',
  started: 'Running',
  ending: 'Ending',
  ended: 'Ended',
  cancelled: 'Cancelled',
};

export const StateBadge = ({ state }: { state: LotViewState | AuctionViewState }) => (
  <span className="badge" data-state={state}>
    {words[state]}
  </span>
);

const standings: Record<Exclude<Standing, null>, string> = {
  leading: 'You lead',
  outbid: 'Outbid',
  won: 'You won',
  lost: 'Not won',
  bought: 'You bought it',
};

export const StandingBadge = ({ standing }: { standing: Standing }) =>
  standing === null ? null : (
    <span className="badge" data-standing={standing}>
      {standings[standing]}
    </span>
  );
