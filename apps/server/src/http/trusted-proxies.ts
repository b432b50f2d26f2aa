import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import proxyAddr from '@fastify/proxy-addr';

/** Whether an address is that of a proxy whose `X-Forwarded-For` is believed. */
export type TrustedProxies = (address: string, hop: number) => boolean;

const NAMED_RANGES = ['loopback', 'linklocal', 'uniquelocal'];

/** The addresses and ranges in a list with commas; an empty one: nobody is believed. Throws RangeError for what is neither. */
export function parseTrustedProxies(list: string): TrustedProxies {
  const entries = list
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  const wrong = entries.find((entry) => !NAMED_RANGES.includes(entry) && !isAddressOrRange(entry));
  if (wrong === undefined) return proxyAddr.compile(entries);
  throw new RangeError(
    `must list addresses, ranges like 10.0.0.0/8 or some of ${NAMED_RANGES.join(', ')}, and "${wrong}" is none`,
  );
}

function isAddressOrRange(entry: string): boolean {
  // The parser of Fastify takes a bare number for an address: a number of hops, as other servers have it, would say nothing.
  if (isIP(entry.split('/')[0] ?? '') === 0) return false;
  try {
    proxyAddr.compile(entry);
    return true;
  } catch {
    return false;
  }
}

/** Where a request comes from: the nearest address that is no trusted proxy. What Fastify's `request.ip` is, for requests that it does not see. */
export const clientAddress = (request: IncomingMessage, trusted: TrustedProxies): string => proxyAddr(request, trusted);
