import type { Decider, Decision } from '#auction/decider.js';

/** One command, and the states around it. */
export interface Step<State, Command, Event> {
  readonly command: Command;
  readonly before: State;
  readonly decision: Decision<Event>;
  /** What the command recorded; empty when it was refused or changed nothing. */
  readonly events: readonly Event[];
  readonly after: State;
}

/** Decides the commands one after the other, each on the state that the ones before it left. */
export function play<State, Command, Event, Asked extends Command>(
  decider: Decider<State, Command, Event>,
  commands: readonly Asked[],
  history: readonly Event[] = [],
): Step<State, Asked, Event>[] {
  let before = history.reduce(decider.evolve, decider.initial);
  return commands.map((command) => {
    const decision = decider.decide(command, before);
    const events = decision.kind === 'accepted' ? decision.events : [];
    const step = { command, before, decision, events, after: events.reduce(decider.evolve, before) };
    before = step.after;
    return step;
  });
}
