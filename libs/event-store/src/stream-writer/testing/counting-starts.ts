import { accepted, type Decider, refused, unchanged } from '#auction/decider.js';
import type { AuctionEvent } from '#contracts/events/auction-events.js';
import type { MemoryEventStore } from '#testing/memory-event-store.js';
import type { CommandContext } from '../command-context.js';
import { StreamWriter } from '../stream-writer.js';
import type { StreamWriterOptions } from '../stream-writer-options.js';

export type Command = { type: 'start' | 'cancel' | 'nothing' | 'break' | 'unfoldable' | 'first' | 'once' | 'reset' };
export type State = { started: number };

export const started: AuctionEvent = { type: 'AuctionStarted', data: { auctionId: 'a', startedAt: 1 } };

const ending: AuctionEvent = { type: 'AuctionEnding', data: { auctionId: 'a', endingAt: 1 } };

const cancelled: AuctionEvent = { type: 'AuctionCancelled', data: { auctionId: 'a', cancelledAt: 1 } };

/**
 * Counts starts; a `cancel` is refused, `nothing` changes nothing, `break` is a defect, and so is `unfoldable`, whose second event cannot be
 * folded. `reset` counts from 0 again: only then is
 * `first` not refused and does `once` change anything.
 */
const decider: Decider<State, Command, AuctionEvent> = {
  initial: { started: 0 },
  decide(command, state) {
    if (command.type === 'break') throw new Error('a defect');
    if (command.type === 'unfoldable') return accepted<AuctionEvent>(started, ending);
    if (command.type === 'cancel') return refused({ code: 'auction-ended' });
    if (command.type === 'reset') return accepted(cancelled);
    if (command.type === 'first' && state.started > 0) return refused({ code: 'auction-ended' });
    if (command.type === 'once' && state.started > 0) return unchanged;
    return command.type === 'nothing' ? unchanged : accepted(started);
  },
  evolve(state, event) {
    if (event.type === 'AuctionEnding') throw new Error('cannot be folded');
    return { started: event.type === 'AuctionStarted' ? state.started + 1 : 0 };
  },
};

let commands = 0;
export const context = (more: Partial<CommandContext> = {}): CommandContext => ({
  commandId: `command-${++commands}`,
  correlationId: 'request',
  causationId: 'request',
  actor: 'system',
  ...more,
});

const quick = { initialMs: 0, capMs: 0, retries: 3 };
export const writerOn = (store: MemoryEventStore, options: StreamWriterOptions = {}) =>
  new StreamWriter(store, decider, (id) => `auction-${id}`, { conflict: quick, ambiguous: quick, ...options });

export const start = { type: 'start' } as const;
