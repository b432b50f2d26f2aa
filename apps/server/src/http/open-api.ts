import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import { needsNothing } from './validation.js';

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
  transformObject: (document) => {
    if (!('openapiObject' in document)) return document.swaggerObject;
    for (const path of Object.values(document.openapiObject.paths ?? {})) {
      for (const { requestBody } of Object.values(path as Record<string, Operation>)) {
        const schema = requestBody?.content['application/json']?.schema;
        // The plugin calls every body required.
        if (requestBody !== undefined && schema !== undefined) requestBody.required = !needsNothing(schema);
      }
    }
    return document.openapiObject;
  },
};

interface Operation {
  readonly requestBody?: { required?: boolean; readonly content: Record<string, { schema: { required?: string[] } }> };
}
