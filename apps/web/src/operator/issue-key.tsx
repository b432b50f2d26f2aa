import { type FormEvent, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import type { IssuedKey, IssueKeyBody } from '#contracts/http/keys.js';
import { ApiProblem, command } from '../api/http.js';
import { ApiForm } from '../components/api-form.js';
import { ChoiceField } from '../components/choice-field.js';
import { PlainField } from '../components/plain-field.js';
import { ProblemNotice } from '../components/problem-notice.js';

/** A key for somebody else, shown this once. */
export function IssueKey() {
  const [role, setRole] = useState<IssueKeyBody['role']>('bidder');
  const [issued, setIssued] = useState<IssuedKey | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);

  async function issue(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    setProblem(null);
    setIssued(null);
    try {
      const subject = String(new FormData(event.currentTarget).get('subject'));
      setIssued((await command<IssuedKey>('/api/keys', { role, subject } satisfies IssueKeyBody)).body);
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      setProblem(error);
    }
  }

  return (
    <section className="panel" aria-labelledby="issue">
      <h2 id="issue">Issue a key</h2>
      <ApiForm className="form wide" problem={problem} onSubmit={issue} onEdit={() => setProblem(null)}>
        <PlainField label="For whom" name="subject" isRequired maxLength={128} hint="Letters, digits and . _ @ : + -" />
        <ChoiceField
          label="Role"
          name="role"
          value={role}
          onChange={setRole}
          choices={{ bidder: 'Bidder', auctioneer: 'Auctioneer', partner: 'Partner', admin: 'Admin' }}
        />
        <Button type="submit" className="primary">
          Issue
        </Button>
      </ApiForm>
      <div role="status">
        {issued !== null && (
          <p className="notice" data-kind="good">
            The key of {issued.subject}, shown this once: <code>{issued.key}</code>
          </p>
        )}
      </div>
      {problem && <ProblemNotice problem={problem} />}
    </section>
  );
}
