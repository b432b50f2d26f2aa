import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';

/** The description of the API: everything else comes from the routes' own schemas. */
export const openApi: FastifyDynamicSwaggerOptions = {
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'Gavel',
      version: '1.0.0',
      description:
        'An auction backend. Money is an integer in minor units, times are ISO 8601 UTC, errors are problem+json (RFC 9457) with a stable `code`.',
    },
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An API key, or a token of a bidder' },
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
      },
    },
    security: [{ bearer: [] }, { apiKey: [] }],
    tags: [{ name: 'Auctions' }, { name: 'Lots' }, { name: 'Keys' }, { name: 'Operation' }],
  },
};
