import { auctions } from './auctions.js';
import { bids } from './bids.js';
import { keys } from './keys.js';
import { listings } from './listings.js';
import { lots } from './lots.js';
import { webhooks } from './webhooks.js';

/** Every read model of Gavel under its name. */
export const projections = { lots, auctions, listings, bids, keys, webhooks };
export type Projections = typeof projections;
export type ReadModelName = keyof Projections;
