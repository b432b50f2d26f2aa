import type { IncomingMessage, ServerResponse } from 'node:http';
import helmet, { type HelmetOptions } from 'helmet';

type Headers = Readonly<Record<string, string>>;

/** TLS ends in front of this server, which may also be reached without it inside. */
const forDocuments = headersOf({ contentSecurityPolicy: { directives: { 'upgrade-insecure-requests': null } } });

/**
 * What a browser heeds in an answer that is data: nothing of it is shown, run or framed, whoever opens it. No more: each header costs
 * half a microsecond, and without cookies there is nothing that another page could have fetched.
 */
const forData = headersOf({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] },
  },
  crossOriginOpenerPolicy: false,
  crossOriginResourcePolicy: false,
  originAgentCluster: false,
  referrerPolicy: false,
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xFrameOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
});

/**
 * Of a GET that needs a credential: what a cache on the way may make of the answer. It knows not to share what came for `Authorization`, and
 * knows nothing of `X-API-Key`. Answers to commands are kept by no cache, and pay nothing for it.
 */
export const notShared: Headers = { 'cache-control': 'no-store', vary: 'Authorization, X-API-Key' };

/** The headers that helmet sets for an answer at this path: the page and the docs are documents, the rest of the API is data. */
export function securityHeaders(path: string): Headers {
  return path.startsWith('/api/') && !path.startsWith('/api/docs') ? forData : forDocuments;
}

/** They are the same for every answer, so they are asked for once: once a request would cost more than deciding a bid. */
function headersOf(options: HelmetOptions): Headers {
  const headers: Record<string, string> = {};
  const response = {
    setHeader: (name: string, value: string) => {
      headers[name.toLowerCase()] = value;
    },
    removeHeader: () => undefined,
  };
  helmet(options)({} as IncomingMessage, response as unknown as ServerResponse, () => undefined);
  return headers;
}
