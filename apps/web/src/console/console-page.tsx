import { type FormEvent, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { Link, useLocation } from 'wouter';
import type { AuctionSummary, AuctionView, CreateAuctionBody } from '#contracts/http/auctions.js';
import { pageRoutes } from '#contracts/http/page-routes.js';
import type { Page } from '#contracts/http/pages.js';
import { ApiProblem, command } from '../api/http.js';
import { useResource } from '../api/use-resource.js';
import { ApiForm } from '../components/api-form.js';
import { Loading } from '../components/loading.js';
import { PageTitle } from '../components/page-frame.js';
import { PlainField } from '../components/plain-field.js';
import { ProblemNotice } from '../components/problem-notice.js';
import { StateBadge } from '../components/state-badge.js';
import { isoOrUndefined, numberOrUndefined } from './form-values.js';

/** Where an auctioneer begins: the auctions there are, and a new one. */
export default function ConsolePage() {
  const { data, problem, reload } = useResource<Page<AuctionSummary>>('/api/auctions?order=newest&limit=50', {
    everyMs: 5_000,
  });
  return (
    <>
      <PageTitle tab="Console">Console</PageTitle>
      <div className="two-columns">
        <section className="panel" aria-labelledby="auctions">
          <h2 id="auctions">Newest auctions</h2>
          {problem && <ProblemNotice problem={problem} onRetry={reload} />}
          {data === undefined && !problem && <Loading rows={5} />}
          {data?.items.length === 0 && <p className="empty">There is none yet.</p>}
          <ul className="plain">
            {data?.items.map(({ auctionId, title, state, lotCount }) => (
              <li key={auctionId}>
                <Link href={pageRoutes.consoleAuction.replace(':auctionId', auctionId)}>{title}</Link>
                <small>
                  {lotCount} {lotCount === 1 ? 'lot' : 'lots'}
                </small>
                <StateBadge state={state} />
              </li>
            ))}
          </ul>
        </section>
        <CreateAuction />
      </div>
    </>
  );
}

function CreateAuction() {
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [, go] = useLocation();

  async function create(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const values = new FormData(event.currentTarget);
    const stepSeconds = numberOrUndefined(values.get('stagger'));
    const opensAt = isoOrUndefined(values.get('opensAt'));
    const closesAt = isoOrUndefined(values.get('closesAt'));
    const body: CreateAuctionBody = {
      title: String(values.get('title')),
      currency: String(values.get('currency')).toUpperCase(),
      ...(opensAt !== undefined && { opensAt }),
      ...(closesAt !== undefined && { closesAt }),
      ...(stepSeconds !== undefined && { stagger: { stepSeconds } }),
    };
    setBusy(true);
    setProblem(null);
    try {
      const { body: auction } = await command<AuctionView>('/api/auctions', body);
      go(pageRoutes.consoleAuction.replace(':auctionId', auction.auctionId));
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      setProblem(error);
      setBusy(false);
    }
  }

  return (
    <section className="panel" aria-labelledby="create">
      <h2 id="create">New auction</h2>
      <ApiForm className="form" problem={problem} onSubmit={create} onEdit={() => setProblem(null)}>
        <PlainField label="Title" name="title" isRequired maxLength={300} />
        <PlainField
          label="Currency"
          name="currency"
          defaultValue="USD"
          isRequired
          maxLength={3}
          hint="ISO 4217, three letters"
        />
        <PlainField label="Opens" name="opensAt" type="datetime-local" hint="Empty: you start it by hand" />
        <PlainField label="Closes" name="closesAt" type="datetime-local" hint="Empty: you end it by hand" />
        <PlainField
          label="Seconds from lot to lot"
          name="stagger"
          type="number"
          inputMode="numeric"
          hint="Lots then close one after the other; needs a closing time"
        />
        <Button type="submit" className="primary" isPending={isBusy}>
          Create
        </Button>
        {problem && <ProblemNotice problem={problem} />}
      </ApiForm>
    </section>
  );
}
