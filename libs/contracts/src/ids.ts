import Type from 'typebox';

/** Ids that Gavel makes: a UUID, time-ordered (version 7) or derived from a command (version 5), in lower case. */
export const ID_PATTERN = '^[0-9a-f]{8}-[0-9a-f]{4}-[57][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$';

/** Any UUID, in either case. */
const UUID_PATTERN = '^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$';

export const Id = (description: string) =>
  Type.String({ pattern: ID_PATTERN, minLength: 36, maxLength: 36, description });
export const AuctionId = Id('The auction');
export const LotId = Id('The lot');
export const BidId = Id('The bid: also the id of its stored event');

/**
 * An id that a caller names: any UUID. One that Gavel cannot have made is one that is not there, and nothing is wrong with the request.
 */
export const NamedId = (description: string) =>
  Type.String({ pattern: UUID_PATTERN, minLength: 36, maxLength: 36, description });

/** Who acts: the subject of a credential, chosen by whoever issued it. */
export const Subject = Type.String({
  minLength: 1,
  maxLength: 128,
  pattern: '^[A-Za-z0-9_-][A-Za-z0-9._@:+|=~-]*$',
  description: 'Letters, digits and . _ @ : + | = ~ -, at most 128; the first is a letter, a digit, _ or -',
});

export const auctionStream = (auctionId: string) => `auction-${auctionId}`;
export const lotStream = (lotId: string) => `lot-${lotId}`;
export const vehicleStream = (vin: string) => `vehicle-${vin}`;
export const keyStream = (keyId: string) => `key-${keyId}`;
export const webhookStream = (webhookId: string) => `webhook-${webhookId}`;
