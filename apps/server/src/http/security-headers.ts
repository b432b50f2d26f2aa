import type { IncomingMessage, ServerResponse } from 'node:http';
import helmet from 'helmet';

/**
 * The headers that helmet sets. They are the same for every answer, so they are asked for once and not once a request, which
 * would cost more than deciding a bid.
 */
export const securityHeaders: Readonly<Record<string, string>> = collect();

function collect(): Record<string, string> {
  const headers: Record<string, string> = {};
  const response = {
    setHeader: (name: string, value: string) => {
      headers[name.toLowerCase()] = value;
    },
    removeHeader: () => undefined,
  };
  // TLS ends in front of this server, which may also be reached without it inside.
  const secure = helmet({ contentSecurityPolicy: { directives: { 'upgrade-insecure-requests': null } } });
  secure({} as IncomingMessage, response as unknown as ServerResponse, () => undefined);
  return headers;
}
