import type { LookupAddress } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { isPublicAddress } from './public-address.js';

/** Rejects when the name leads nowhere. */
export type Resolve = (host: string) => Promise<readonly LookupAddress[]>;

/** The connection was refused before it was made. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
}

/**
 * Looks a name up for a connection that is being made, and refuses it unless every address behind it is public. The address that was
 * checked is the one that is connected to: a name that is rebound between two lookups gains nothing.
 */
export const checkedLookup =
  (resolve: Resolve, allowPrivate: boolean): LookupFunction =>
  (host, options, done) => {
    resolve(host).then(
      (found) => {
        const [first] = found;
        const refused = allowPrivate ? undefined : found.find(({ address }) => !isPublicAddress(address));
        if (refused !== undefined) done(new AddressRefused(`${host} leads to an address that is not public`), '');
        else if (first === undefined) done(new Error(`${host} leads to no address`), '');
        else if (options.all === true) done(null, [...found]);
        else done(null, first.address, first.family);
      },
      (error: Error) => done(error, ''),
    );
  };

const TIMEOUT = { timeout: 2_000, tries: 2 };
const LOOPBACK: readonly LookupAddress[] = [{ address: '127.0.0.1', family: 4 }];

/**
 * By DNS alone, and not by the system's getaddrinfo: that blocks one of the four threads that all of Node's file access shares, and
 * a partner's name server that never answers would hold all of them.
 */
export function dnsResolve(): Resolve {
  const resolver = new Resolver(TIMEOUT);
  return async (host) => {
    // RFC 6761: what is called so is this machine, whatever a name server says.
    if (/(^|\.)localhost\.?$/.test(host)) return LOOPBACK;
    const [four, six] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
    const found = [...addresses(four, 4), ...addresses(six, 6)];
    if (found.length === 0 && four.status === 'rejected') throw four.reason;
    return found;
  };
}

const addresses = (answer: PromiseSettledResult<string[]>, family: number): LookupAddress[] =>
  answer.status === 'fulfilled' ? answer.value.map((address) => ({ address, family })) : [];
