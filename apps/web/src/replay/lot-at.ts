import type { LotHistoryEvent } from '#contracts/http/lot-history.js';

type Changes = LotHistoryEvent['changes'];

/** States are kept at every so many events, so that a jump anywhere folds no more than this. */
const EVERY = 256;

/** The states of a lot along its events: the changes laid over each other, as the contract says. */
export class LotTimeline {
  private readonly kept: Changes[] = [{}];

  constructor(readonly events: readonly LotHistoryEvent[]) {
    let state: Changes = {};
    for (const [index, { changes }] of events.entries()) {
      state = { ...state, ...changes };
      if ((index + 1) % EVERY === 0) this.kept.push(state);
    }
  }

  /** The lot behind its first `count` events. */
  stateAfter(count: number): Changes {
    const start = Math.floor(count / EVERY);
    return Object.assign(
      {},
      this.kept[start],
      ...this.events.slice(start * EVERY, count).map(({ changes }) => changes),
    );
  }
}
