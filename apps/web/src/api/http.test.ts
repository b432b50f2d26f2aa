// What a browser has, and the page asks for as it is loaded.
const kept = { getItem: () => 'a-key', setItem: () => undefined, removeItem: () => undefined };
Object.assign(globalThis, { sessionStorage: kept });
const { ApiProblem, call, command } = await import('./http.js');
const { session } = await import('./session.js');

type Answer = [status: number, type: string, body: string];
const html: Answer = [200, 'text/html', '<title>Sign in to the network</title>'];

describe('a call of the page', () => {
  const asked: RequestInit[] = [];
  const original = globalThis.fetch;
  afterEach(() => {
    globalThis.fetch = original;
    asked.length = 0;
  });

  const answers = (...of: Answer[]) => {
    globalThis.fetch = async (_, init) => {
      asked.push(init ?? {});
      const [status, type, body] = of.shift() as Answer;
      return new Response(body, { status, headers: { 'content-type': type } });
    };
  };
  const keysAsked = () => asked.map(({ headers }) => (headers as Record<string, string>)['idempotency-key']);
  const problemOf = (call: Promise<unknown>) =>
    call.then(
      () => null,
      (error: unknown) => {
        if (!(error instanceof ApiProblem)) throw error;
        return error.problem;
      },
    );

  it.each<[string, Answer]>([
    ['a page of HTML as if all were well', html],
    ['a page of HTML with an error', [502, 'text/html', '<h1>Bad Gateway</h1>']],
    ['a JSON error that is no problem', [403, 'application/json', '{"message":"Forbidden"}']],
    ['a refusal that is not ours', [401, 'text/html', '<h1>Sign in</h1>']],
  ])('says that %s is not understood, and leaves the user signed in', async (_, answer) => {
    answers(answer);
    const problem = await problemOf(call('GET', '/api/auctions'));
    expect(problem).toMatchObject({ code: 'not-understood', status: answer[0] });
    expect(session.get().state).toBe('checking');
  });

  it('takes the kind of answer that it expects', async () => {
    answers([200, 'text/plain; version=0.0.4', 'up 1'], [200, 'application/json; charset=utf-8', '{"a":1}']);
    expect((await call('GET', '/metrics', { expects: 'text/plain' })).body).toBe('up 1');
    expect((await call('GET', '/api/x')).body).toEqual({ a: 1 });
  });

  it('sends a command again under its key when somebody else has answered', async () => {
    answers(html, [201, 'application/json', '{"bidId":"one"}']);
    expect((await command('/api/lots/one/bids', { amount: 5 })).body).toEqual({ bidId: 'one' });
    expect(keysAsked()).toEqual([keysAsked()[0], keysAsked()[0]]);
  });

  it.each<[string, Answer]>([
    ['an answer of success', [201, 'application/json', '{}']],
    ['a refusal', [409, 'application/problem+json', '{"status":409,"code":"sold-out","title":"Conflict"}']],
  ])('keeps the key of a command until it has %s, and gives the next one another', async (_, answer) => {
    const broken: Answer = [500, 'application/problem+json', '{"status":500,"code":"internal-error","title":"Broken"}'];
    answers(broken, answer, broken);
    for (const _time of [1, 2, 3]) await problemOf(command('/api/lots/one/purchases', { quantity: 1 }));
    const [first, second, third] = keysAsked();
    expect(second).toBe(first);
    expect(third).not.toBe(first);
  });

  it('signs out when the server says that the key is not valid', async () => {
    answers([401, 'application/problem+json', '{"status":401,"code":"unauthenticated","title":"Unauthorized"}']);
    await problemOf(call('GET', '/api/auctions'));
    expect(session.get()).toEqual({ state: 'signed-out', reason: 'Your key is no longer valid.' });
  });
});
