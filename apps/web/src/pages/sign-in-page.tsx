import { type FormEvent, useEffect, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { Form } from 'react-aria-components/Form';
import type { Me } from '#contracts/http/session.js';
import { ApiProblem, call } from '../api/http.js';
import { session } from '../api/session.js';
import { PlainField } from '../components/plain-field.js';

/** The door: nothing is shown without a key. */
export function SignInPage({ reason }: { reason: string | null }) {
  const [problem, setProblem] = useState<string | null>(reason);
  const [isBusy, setBusy] = useState(false);
  useEffect(() => {
    document.title = 'Sign in · Gavel';
  }, []);

  async function signIn(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const key = String(new FormData(event.currentTarget).get('key') ?? '').trim();
    setBusy(true);
    try {
      const { body } = await call<Me>('GET', '/api/me', { key });
      session.signedIn(key, body);
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      setProblem(error.problem.code === 'unauthenticated' ? 'That key is not known here.' : error.message);
      setBusy(false);
    }
  }

  return (
    <main id="content" className="door">
      <img src="/icon.svg" alt="" width="56" height="56" />
      <h1>Gavel</h1>
      <p>Live auctions. Every bid counts at the moment it is stored.</p>
      <Form onSubmit={signIn} validationErrors={problem === null ? {} : { key: problem }}>
        <PlainField
          label="Your key"
          name="key"
          type="password"
          autoComplete="current-password"
          isRequired
          autoFocus
          hint="It is kept in this tab until you close it or sign out."
          onChange={() => setProblem(null)}
        />
        <Button type="submit" className="primary" isPending={isBusy}>
          Sign in
        </Button>
      </Form>
    </main>
  );
}
