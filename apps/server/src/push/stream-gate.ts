import { MAX_SUBSCRIBED_AUCTIONS, type Subscription } from '#contracts/push/client-messages.js';
import type { EventReader } from '#event-store/event-store.js';
import { mayCall, type Principal } from '../auth/principal.js';
import { ProblemAnswer, unavailable, validationFailed } from '../http/problems.js';
import { Finding } from './finding.js';
import type { Hub } from './hub.js';
import type { Missing } from './missing.js';
import { NOWHERE, Reaching } from './reaching.js';

export interface StreamRequest {
  readonly principal: Principal;
  readonly subscription: Subscription;
  /** Where `after` was given, as a problem names it. */
  readonly afterField: string;
  /** Whether the client has gone. */
  isGone(): boolean;
}

/** Refuses what is known to be refused before a stream begins: behind a 200 it would be one that carries nothing. */
export class StreamGate {
  private readonly reaching: Reaching;
  private readonly finding: Finding;

  constructor(
    private readonly hub: Hub,
    store: EventReader,
  ) {
    this.reaching = new Reaching(hub, store);
    this.finding = new Finding(hub);
  }

  /** Throws 400, 403 and 404, and 503 while it cannot be said what there is. */
  async admit({ principal, subscription, afterField, isGone }: StreamRequest): Promise<void> {
    const { auctions, all, after } = subscription;
    if (all === true && !mayCall('auctioneer', principal)) {
      throw new ProblemAnswer(403, 'forbidden', 'Everything at once takes the role auctioneer.');
    }
    // An address has no room for too many lots.
    if (new Set(auctions).size > MAX_SUBSCRIBED_AUCTIONS) {
      const message = `must not have more than ${MAX_SUBSCRIBED_AUCTIONS} ids`;
      throw validationFailed([{ field: 'query.auctions', message }]);
    }
    // At rest it knows nothing that was listed a moment ago.
    this.hub.wake();
    if (after !== undefined && (await this.reaching.reach(after)) === 'nowhere') {
      throw validationFailed([{ field: afterField, message: NOWHERE }]);
    }
    const caller = { auctionIds: principal.auctionIds ?? null };
    const waiting = {
      caller,
      get closed() {
        return isGone();
      },
    };
    refuseMissing(await this.finding.missing(waiting, subscription), after !== undefined);
  }
}

/** Who resumes is sent events, which need no rows. */
function refuseMissing(missing: readonly Missing[], resumes: boolean): void {
  const unknown = (what: Missing['what']) =>
    missing.filter((one) => one.what === what && one.found === 'not-found').map(({ id }) => id);
  const [lotIds, auctionIds] = [unknown('lot'), unknown('auction')];
  if (lotIds.length + auctionIds.length > 0) {
    const what = lotIds.length > 0 ? 'lot' : 'auction';
    const detail = `There is no such ${what}: ${(lotIds.length > 0 ? lotIds : auctionIds).join(', ')}.`;
    throw new ProblemAnswer(404, `${what}-not-found`, detail, { lotIds, auctionIds });
  }
  if (missing.length > 0 && !resumes) {
    throw unavailable('read-model-behind', 'What was asked for cannot be shown yet.');
  }
}
