import { accepted, type Decider, refused, unchanged } from '#auction/decider.js';
import { spec } from './decider-spec.js';

type Event = { type: 'Added' | 'Doubled'; by?: number | undefined };

/** Adds up; refuses what is negative, and has nothing to do with zero. */
const sum: Decider<number, number, Event> = {
  initial: 0,
  decide: (command, state) => {
    if (command < 0) return refused({ code: 'auction-full', limit: state });
    if (command === 0) return unchanged;
    return accepted<Event>({ type: 'Added', by: command }, { type: 'Doubled' });
  },
  evolve: (state, event) => (event.type === 'Doubled' ? state * 2 : state + (event.by ?? 0)),
};

const added: Event = { type: 'Added', by: 3 };
const doubled: Event = { type: 'Doubled' };
const when = (command: number) => spec(sum).given([added, doubled]).when(command);

describe('a decider spec', () => {
  it('passes for the exact events, the exact refusal and no change', () => {
    when(3).thenRecorded([added, doubled]);
    when(-1).thenRefused({ code: 'auction-full', limit: 6 });
    when(0).thenUnchanged();
  });

  it.each([
    ['events in another order', () => when(3).thenRecorded([doubled, added])],
    ['an event too many', () => when(3).thenRecorded([added])],
    ['an event too few', () => when(3).thenRecorded([added, doubled, doubled])],
    ['a field too many', () => when(3).thenRecorded([added, { ...doubled, by: 1 }])],
    [
      'a field that is undefined instead of missing',
      () => when(3).thenRecorded([added, { ...doubled, by: undefined }]),
    ],
    ['a refusal with another detail', () => when(-1).thenRefused({ code: 'auction-full', limit: 5 })],
    ['a refusal instead of events', () => when(3).thenRefused({ code: 'lot-closed' })],
    ['no change instead of events', () => when(3).thenUnchanged()],
    ['events instead of no change', () => when(0).thenRecorded([])],
  ])('fails for %s', (_, expectation) => {
    expect(expectation).toThrow();
  });
});
