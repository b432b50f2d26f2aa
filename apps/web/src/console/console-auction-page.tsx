import { useCallback, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components/Tabs';
import { Link } from 'wouter';
import { pageRoutes } from '#contracts/http/page-routes.js';
import { ApiProblem, command } from '../api/http.js';
import { Loading } from '../components/loading.js';
import { LotList } from '../components/lot-list.js';
import { PageTitle } from '../components/page-frame.js';
import { ProblemNotice } from '../components/problem-notice.js';
import { StateBadge } from '../components/state-badge.js';
import { useLot } from '../live/lot-store.js';
import { useAuction } from '../live/use-auction.js';
import { AddLot } from './add-lot.js';
import { ImportLots } from './import-lots.js';
import { Totals } from './totals.js';

const steps = {
  start: 'Start the auction',
  end: 'End it now',
  cancel: 'Cancel it',
} as const;

/** One auction in the hands of its auctioneer: all its lots at once, and everything that can be done with them. */
export default function ConsoleAuctionPage({ auctionId }: { auctionId: string }) {
  const { auction, lotIds, problem, reload } = useAuction(auctionId);
  const [failed, setFailed] = useState<ApiProblem | null>(null);

  const run = useCallback(
    async (path: string) => {
      setFailed(null);
      try {
        await command(path);
        reload();
      } catch (error) {
        if (!(error instanceof ApiProblem)) throw error;
        setFailed(error);
      }
    },
    [reload],
  );
  const actions = useCallback((lotId: string) => <LotActions lotId={lotId} run={run} />, [run]);

  if (auction === undefined) {
    return (
      <>
        <PageTitle tab="Console">Console</PageTitle>
        {problem ? <ProblemNotice problem={problem} onRetry={reload} /> : <Loading rows={8} />}
      </>
    );
  }
  const possible = {
    created: ['start', 'cancel'],
    started: ['end', 'cancel'],
    ending: [],
    ended: [],
    cancelled: [],
  } as const;
  return (
    <>
      <p className="crumbs">
        <Link href={pageRoutes.console}>Console</Link>
      </p>
      <div className="headline">
        <PageTitle tab={`${auction.title}, console`}>{auction.title}</PageTitle>
        <StateBadge state={auction.state} />
        <span className="row-of-buttons">
          {possible[auction.state].map((step) => (
            <SureButton
              key={step}
              isPrimary={step === 'start'}
              onSure={() => run(`/api/auctions/${auctionId}/${step}`)}
            >
              {steps[step]}
            </SureButton>
          ))}
        </span>
      </div>
      {failed && <ProblemNotice problem={failed} />}
      <Totals lotIds={lotIds} currency={auction.currency} />
      <Tabs>
        <TabList aria-label="What to do">
          <Tab id="lots">Lots ({lotIds.length})</Tab>
          <Tab id="add">Add a lot</Tab>
          <Tab id="import">Import a CSV</Tab>
        </TabList>
        <TabPanel id="lots">
          {lotIds.length === 0 ? <p className="empty">No lots yet.</p> : <LotList lotIds={lotIds} actions={actions} />}
        </TabPanel>
        <TabPanel id="add">
          <AddLot auctionId={auctionId} currency={auction.currency} onAdded={reload} />
        </TabPanel>
        <TabPanel id="import">
          <ImportLots auctionId={auctionId} currency={auction.currency} onAdded={reload} />
        </TabPanel>
      </Tabs>
    </>
  );
}

function LotActions({ lotId, run }: { lotId: string; run: (path: string) => Promise<void> }) {
  const lot = useLot(lotId);
  if (lot === undefined || (lot.state !== 'open' && lot.state !== 'listed')) return null;
  return (
    <>
      {lot.state === 'open' && (
        <SureButton label={`Close ${lot.title}`} onSure={() => run(`/api/lots/${lotId}/close`)}>
          Close
        </SureButton>
      )}
      <SureButton label={`Withdraw ${lot.title}`} onSure={() => run(`/api/lots/${lotId}/withdraw`)}>
        Withdraw
      </SureButton>
    </>
  );
}

interface SureButtonProps {
  readonly children: string;
  /** For ears, where the words alone do not say of what. */
  readonly label?: string;
  readonly isPrimary?: boolean;
  readonly onSure: () => void;
}

/** What cannot be undone takes a second press, which is forgotten when one looks elsewhere. */
function SureButton({ children, label, isPrimary, onSure }: SureButtonProps) {
  const [isAsking, setAsking] = useState(false);
  return (
    <Button
      className={isAsking ? 'danger' : isPrimary ? 'primary' : ''}
      aria-label={isAsking ? `Sure? ${label ?? children}` : (label ?? children)}
      onPress={() => {
        setAsking(!isAsking);
        if (isAsking) onSure();
      }}
      onBlur={() => setAsking(false)}
    >
      {isAsking ? 'Sure?' : children}
    </Button>
  );
}
