import type { IncomingHttpHeaders } from 'node:http';

/**
 * Whether a connection may come from the page that opened it. A browser always says which page that is, other programs say nothing.
 * The server's own page has the host that the browser asked for, whatever the scheme: TLS may end in front of this server.
 */
export function isOwnOrigin({ origin, host }: IncomingHttpHeaders, others: readonly string[]): boolean {
  if (origin === undefined) return true;
  if (others.includes(origin)) return true;
  const own = URL.canParse(origin) ? new URL(origin).host : null;
  return own !== null && own === host?.toLowerCase();
}
