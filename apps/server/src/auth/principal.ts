import type { Role } from '#contracts/events/key-events.js';
import type { Access } from '../http/route.js';

/** Who calls: what the credential says, and nothing that the request says. */
export interface Principal {
  readonly role: Role;
  readonly subject: string;
  /** The auctions that there are for a partner with a limited key; null or missing: all. */
  readonly auctionIds?: readonly string[] | null;
  /** When the credential ends by itself, milliseconds; missing: it does not. */
  readonly expiresAt?: number;
}

export const actorOf = (principal: Principal): string => `${principal.role}:${principal.subject}`;

/** An admin may do what auctioneers and partners do, but never bids: a bid needs a bidder. */
export function mayCall(access: Access, { role }: Principal): boolean {
  if (access === 'any' || access === 'public' || access === role) return true;
  return role === 'admin' && access !== 'bidder';
}

/** Whether there is such an auction for the caller. */
export const isInScope = ({ auctionIds }: Pick<Principal, 'auctionIds'>, auctionId: string): boolean =>
  auctionIds == null || auctionIds.includes(auctionId);

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the authentication hook; null on public routes. */
    principal: Principal | null;
  }
}
