import type { AliasOf } from '#contracts/public-events/public-event-of.js';
import type { BidderAliases } from '#platform/bidder-aliases.js';
import type { Principal } from '../auth/principal.js';

/** By the subject of the credential. */
export const asTheyAre: AliasOf = (subject) => subject;

/** Partners get the aliases that their events carry: by the sequence of a bid, a name would undo them all (ADR 0014). */
export const namesFor = ({ role }: Pick<Principal, 'role'>, aliases: BidderAliases): AliasOf =>
  role === 'partner' ? aliases.of : asTheyAre;
