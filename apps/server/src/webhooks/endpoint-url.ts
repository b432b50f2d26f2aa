import { isIP } from 'node:net';
import { isPublicAddress } from './public-address.js';

export interface EndpointPolicy {
  /** http, and addresses that are not public: for development and tests. */
  readonly allowPrivate: boolean;
}

/** The policy of this server. */
export class EndpointRules implements EndpointPolicy {
  constructor(readonly allowPrivate: boolean) {}
}

/** The lowest port that no well-known service has; below it only that of https. */
const FIRST_FREE_PORT = 1_024;

/**
 * What is wrong with the URL of an endpoint, for whoever named it; null: nothing. That its name leads to a public address is
 * checked at every connection, because a name may lead elsewhere tomorrow.
 */
export function endpointFault(text: string, { allowPrivate }: EndpointPolicy): string | null {
  if (!URL.canParse(text)) return 'must be an absolute URL';
  const url = new URL(text);
  if (url.protocol !== 'https:' && !(allowPrivate && url.protocol === 'http:')) return 'must begin with https://';
  if (url.username !== '' || url.password !== '') return 'must carry no user name and no password';
  if (url.hash !== '') return 'must have no fragment';
  const port = Number(url.port || 443);
  if (!allowPrivate && port !== 443 && port < FIRST_FREE_PORT)
    return `must use port 443, or one from ${FIRST_FREE_PORT}`;
  if (!allowPrivate && isPrivateHost(url)) return 'must not lead to a private address';
  return null;
}

/** True for an address that is not public and for the names of this machine; other names are looked up when they are used. */
function isPrivateHost(url: URL): boolean {
  const host = hostOf(url);
  if (isIP(host) !== 0) return !isPublicAddress(host);
  return /(^|\.)localhost\.?$/.test(host);
}

/** Without the brackets of IPv6; WHATWG URLs have brought every notation of an IPv4 address to the dotted one. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, '$1');
