import { tell } from './control-message.js';
import type { Subscriber } from './subscriber.js';

/** What became of looking for a lot or an auction; behind: its rows could not be had. */
export type Found = 'found' | 'not-found' | 'behind';

const problems = {
  'not-found': (what: string) => ({ code: `${what}-not-found`, detail: `There is no such ${what}.` }),
  behind: (what: string) => ({
    code: 'read-model-behind',
    detail: `The ${what} cannot be shown yet: subscribe again.`,
  }),
};

export interface Missing {
  readonly what: 'lot' | 'auction';
  readonly id: string;
  readonly found: Exclude<Found, 'found'>;
}

/** Tells a client what it asked for and does not get. */
export function tellMissing(subscriber: Subscriber, { what, id, found }: Missing): void {
  if (found === 'behind') subscriber.lacks();
  tell(subscriber, { ...problems[found](what), ...(what === 'lot' ? { lotId: id } : { auctionId: id }) });
}
