import fc from 'fast-check';
import { MemoryEventStore } from '#testing/memory-event-store.js';
import type { AppendResult, EventToAppend, ExpectedRevision } from '../event-store.js';
import { StoreUnavailable } from '../event-store.js';
import type { CommandContext, Outcome } from './command-context.js';
import { context, type State, start, started, writerOn } from './testing/counting-starts.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

type Fate = 'commit' | 'fail' | 'lose reply' | 'rival first' | 'defect';

/** Commits appends one after the other in the order of their hand-over, each when it is let through. */
class OrderedStore extends MemoryEventStore {
  readonly isSoleWriter = true;
  /** The revisions behind which appends were handed over. */
  readonly handedOver: number[] = [];
  private before: Promise<unknown> = Promise.resolve();
  private readonly gates: (() => void)[] = [];
  private letThroughAhead = 0;

  constructor(
    private readonly isGated: boolean,
    private readonly fateOf: (append: number) => Fate = () => 'commit',
  ) {
    super();
  }

  override append(stream: string, expected: ExpectedRevision, events: readonly EventToAppend[]): Promise<AppendResult> {
    const fate = this.fateOf(this.handedOver.length);
    if (fate === 'defect') {
      this.handedOver.push(Number.NaN);
      return Promise.reject(new TypeError('a defect'));
    }
    this.handedOver.push(expected === 'no-stream' ? -1 : expected);
    const gate = this.isGated ? this.gate() : Promise.resolve();
    const answer = this.before.then(async () => {
      await gate;
      if (fate === 'fail') throw new StoreUnavailable('planned failure', false);
      if (fate === 'rival first') {
        const place = (await this.readStream(stream, 0, 100_000)).length - 1;
        this.commit(stream, place, [{ id: `rival-${place}`, version: 1, ...started, metadata: context() }]);
      }
      const result = this.commit(stream, expected, events);
      if (fate === 'lose reply') throw new StoreUnavailable('planned loss of the reply', true);
      return result;
    });
    this.before = answer.catch(() => undefined);
    return answer;
  }

  private gate(): Promise<void> {
    if (this.letThroughAhead === 0) return new Promise((resolve) => this.gates.push(resolve));
    this.letThroughAhead -= 1;
    return Promise.resolve();
  }

  /** The next append, also one that is still to come. */
  async letThrough(): Promise<void> {
    const open = this.gates.shift();
    if (open === undefined) this.letThroughAhead += 1;
    else open();
    for (let turns = 0; turns < 10; turns += 1) await turn();
  }
}

/** A stream whose state is known. */
async function known(store: OrderedStore) {
  const batches: number[] = [];
  const writer = writerOn(store, { onBatch: (count) => batches.push(count) });
  const first = writer.execute('a', start, context());
  await store.letThrough();
  await first;
  batches.length = 0;
  return { writer, batches };
}

const many = (count: number, make: () => CommandContext = context) => Array.from({ length: count }, make);

describe('a stream that is busier than one commit at a time can be', () => {
  it('has the next batch decided and handed over while one is committed, and answers each behind its own commit', async () => {
    const store = new OrderedStore(true);
    const { writer, batches } = await known(store);
    const answered: number[] = [];
    const outcomes = many(201).map(async (each, i) => {
      const outcome = await writer.execute('a', start, each);
      answered.push(i);
      return outcome.kind === 'accepted' && [outcome.revision, outcome.state];
    });
    // The first command goes alone; then a crowd waits, of which one half is handed over behind the other.
    await store.letThrough();
    expect([store.handedOver, answered]).toEqual([[-1, 0, 1, 101], [0]]);
    await store.letThrough();
    expect(answered).toHaveLength(101);
    await store.letThrough();
    expect(await Promise.all(outcomes)).toEqual(outcomes.map((_, i) => [i + 1, { started: i + 2 }]));
    expect(answered).toEqual([...answered.keys()]);
    expect(batches).toEqual([1, 100, 100]);
  });

  it('knows the commands that are on their way: a repeat under the same key is carried out once', async () => {
    const store = new OrderedStore(true);
    const { writer } = await known(store);
    const keyed = context({ requestDigest: 'digest' });
    const commands = [...many(80), keyed, ...many(80), keyed, ...many(5)];
    const outcomes = commands.map((each) => writer.execute('a', start, each));
    for (let appends = 0; appends < 5; appends += 1) await store.letThrough();
    const settled = await Promise.all(outcomes);
    const [first, again] = settled.filter((_, i) => commands[i] === keyed) as Extract<
      Outcome<State, never>,
      { kind: 'accepted' }
    >[];
    expect([first?.repeated, again?.repeated, again?.revision]).toEqual([false, true, first?.revision]);
    expect(await store.head()).toBe(String(commands.length));
  });

  it('rejects what is behind a batch that the store does not take, and nothing of it is stored', async () => {
    const store = new OrderedStore(true, (append) => (append === 2 ? 'fail' : 'commit'));
    const { writer } = await known(store);
    const outcomes = Promise.allSettled(many(201).map((each) => writer.execute('a', start, each)));
    for (let appends = 0; appends < 3; appends += 1) await store.letThrough();
    const statuses = (await outcomes).map(({ status }) => status);
    expect(statuses).toEqual(['fulfilled', ...Array(200).fill('rejected')]);
    expect(await store.head()).toBe('2');
    const next = writer.execute('a', start, context());
    await store.letThrough();
    expect(await next).toMatchObject({ kind: 'accepted', revision: 2 });
    await writer.drained();
  });

  it('refuses nothing on a state that was never committed', async () => {
    const store = new OrderedStore(true, (append) => (append === 2 ? 'fail' : 'commit'));
    const { writer } = await known(store);
    const refused = many(90).map((each) => writer.execute('a', { type: 'first' }, each));
    for (let appends = 0; appends < 3; appends += 1) await store.letThrough();
    expect((await Promise.all(refused)).every(({ kind }) => kind === 'refused')).toBe(true);
    const mixed = Promise.allSettled([
      ...many(101).map((each) => writer.execute('a', start, each)),
      ...many(100).map((each) => writer.execute('a', { type: 'first' }, each)),
    ]);
    for (let appends = 0; appends < 3; appends += 1) await store.letThrough();
    expect((await mixed).slice(1).every(({ status }) => status === 'rejected')).toBe(true);
  });

  it('decides anew what was built on a batch that lost its place, but nothing that was withdrawn meanwhile', async () => {
    const store = new OrderedStore(true, (append) => (append === 2 ? 'rival first' : 'commit'));
    const { writer } = await known(store);
    const attempts = many(201).map((each) => writer.attempt('a', start, each));
    await store.letThrough();
    // The second one in flight was decided behind the first, which has not been committed and will not be.
    expect(attempts[200]?.withdraw()).toBe(101);
    for (let appends = 0; appends < 4; appends += 1) await store.letThrough();
    const outcomes = await Promise.all(attempts.slice(0, 200).map(({ outcome }) => outcome));
    expect(outcomes.map((each) => each.kind === 'accepted' && each.revision)).toEqual(
      outcomes.map((_, i) => (i === 0 ? 1 : i + 2)),
    );
    expect(await store.head()).toBe('202');
    // Its events are to be looked for from here on, lower than where it was first tried.
    expect(attempts[150]?.withdraw()).toBe(2);
  });

  it('carries out every command once and in order, whatever becomes of the appends', async () => {
    const fates = fc.array(fc.constantFrom<Fate>('commit', 'commit', 'fail', 'lose reply', 'rival first', 'defect'), {
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(
        fates,
        fc.array(fc.integer({ min: 1, max: 150 }), { minLength: 1, maxLength: 5 }),
        async (planned, crowds) => {
          const store = new OrderedStore(false, (append) => planned[append - 1] ?? 'commit');
          const { writer } = await known(store);
          const commands: CommandContext[] = [];
          const outcomes: Promise<Outcome<State, never>>[] = [];
          for (const crowd of crowds) {
            for (const each of many(crowd)) {
              commands.push(each);
              const outcome = writer.execute('a', start, each) as Promise<Outcome<State, never>>;
              outcome.catch(() => undefined);
              outcomes.push(outcome);
            }
            await turn();
          }
          const settled = await Promise.allSettled(outcomes);
          await writer.drained();
          const stored = await store.readStream('auction-a', 0, 100_000);
          const placeOf = new Map(stored.map(({ metadata, revision }) => [metadata.commandId, revision]));
          expect(placeOf.size).toBe(stored.length);
          const accepted = settled.flatMap((each, i) => {
            if (each.status === 'rejected') return [];
            if (each.value.kind !== 'accepted') throw new Error(`a start was ${each.value.kind}`);
            expect(each.value.revision).toBe(placeOf.get(commands[i]?.commandId ?? ''));
            expect(each.value.state.started).toBe(each.value.revision + 1);
            return [each.value.revision];
          });
          expect(accepted).toEqual([...accepted].sort((a, b) => a - b));
          // What was rejected for certain is not there.
          for (const [i, each] of settled.entries()) {
            const isCertain =
              each.status === 'rejected' && !(each.reason instanceof StoreUnavailable && each.reason.ambiguous);
            if (isCertain) expect(placeOf.has(commands[i]?.commandId ?? '')).toBe(false);
          }
          expect(writer.heldStreams).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 100 },
    );
  });
});
