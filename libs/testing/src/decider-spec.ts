import type { Decider, Decision } from '#auction/decider.js';
import type { Refusal } from '#auction/refusal.js';

/** What a decision must be: exactly these events in this order with these fields and no others, or exactly this refusal. */
export interface Outcome<Event> {
  thenRecorded(events: readonly Event[]): void;
  thenUnchanged(): void;
  thenRefused(refusal: Refusal): void;
}

/**
 * Given a stream, when a command, then a decision:
 * `spec(lotDecider).given([...]).when(command).thenRecorded([...])`. Runs inside Jest.
 */
export const spec = <State, Command, Event>(decider: Decider<State, Command, Event>) => ({
  given: (history: readonly Event[]) => ({
    when: (command: Command): Outcome<Event> => outcome(decider.decide(command, fold(decider, history))),
  }),
});

/** The state that a stream tells. */
export const fold = <State, Command, Event>(
  decider: Decider<State, Command, Event>,
  history: readonly Event[],
): State => history.reduce(decider.evolve, decider.initial);

function outcome<Event>(decision: Decision<Event>): Outcome<Event> {
  return {
    thenRecorded: (events) => expect(decision).toStrictEqual({ kind: 'accepted', events }),
    thenUnchanged: () => expect(decision).toStrictEqual({ kind: 'unchanged' }),
    thenRefused: (refusal) => expect(decision).toStrictEqual({ kind: 'refused', refusal }),
  };
}
