/** Why a command was refused: a stable code, and what the caller needs to act on it. */
export type Refusal =
  | { readonly code: 'auction-not-found' }
  | { readonly code: 'auction-not-started' }
  | { readonly code: 'auction-ended' }
  | { readonly code: 'auction-cancelled' }
  | { readonly code: 'auction-full'; readonly limit: number }
  /** A time that the command names lies behind the moment of the command. `field`: as the caller named it. */
  | { readonly code: 'time-passed'; readonly field: 'opensAt' | 'closesAt' }
  | { readonly code: 'lot-not-found' }
  | { readonly code: 'lot-not-open' }
  | { readonly code: 'lot-closed' }
  | { readonly code: 'lot-not-due' }
  | { readonly code: 'bidding-not-offered' }
  | { readonly code: 'buy-now-not-offered' }
  | { readonly code: 'buy-now-ended' }
  | { readonly code: 'sold-out' }
  | { readonly code: 'insufficient-stock'; readonly available: number }
  | { readonly code: 'purchase-limit-exceeded'; readonly limit: number }
  | { readonly code: 'no-reserve' }
  | { readonly code: 'reserve-already-met' }
  | { readonly code: 'reserve-not-lowered' }
  | { readonly code: 'vehicle-already-listed'; readonly lotId: string }
  | { readonly code: 'key-not-found' }
  | { readonly code: 'webhook-not-found' };

export type RefusalCode = Refusal['code'];
