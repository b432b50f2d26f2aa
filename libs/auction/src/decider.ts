import type { Refusal } from './refusal.js';

/** What a command came to. Refusals are values: nothing in the domain throws for what a caller may do. */
export type Decision<Event> =
  | { readonly kind: 'accepted'; readonly events: readonly [Event, ...Event[]] }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

export const accepted = <Event>(...events: [Event, ...Event[]]): Decision<Event> => ({ kind: 'accepted', events });

/** What was asked for is so already: answered like the first time, nothing is recorded. */
export const unchanged: Decision<never> = { kind: 'unchanged' };

export const refused = (refusal: Refusal): Decision<never> => ({ kind: 'refused', refusal });

/** One consistency boundary: pure, synchronous, immutable. The state is a fold of its stream from `initial`. */
export interface Decider<State, Command, Event> {
  readonly initial: State;
  decide(command: Command, state: State): Decision<Event>;
  evolve(state: State, event: Event): State;
}
