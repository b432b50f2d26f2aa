import { errorCodes, type FastifyInstance } from 'fastify';

/** Takes JSON alone. An empty body is none, whatever its type: many clients send their `Content-Type` with every request. */
export function parseBodies(fastify: FastifyInstance): void {
  // A field called `__proto__` is one that no schema knows, and is named like any other.
  const parseJson = fastify.getDefaultJsonParser('ignore', 'ignore');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else void parseJson(request, body, done);
  });
  // It is read to the end, as a body of chunks does not say before whether it is empty.
  fastify.addContentTypeParser<string>('*', { parseAs: 'string' }, (request, body, done) => {
    // Nothing at an unknown address takes a body: it is the address that is wrong.
    if (body === '' || request.is404) done(null, undefined);
    else done(new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE(), undefined);
  });
}
