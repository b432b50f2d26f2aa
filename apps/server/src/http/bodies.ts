import { errorCodes, type FastifyInstance, type FastifyRequest } from 'fastify';

/** Whose body took longer to come shows the credential once more: it may have been revoked meanwhile. Milliseconds. */
const LATE_BODY_MS = 1_000;

declare module 'fastify' {
  interface FastifyInstance {
    /** Lets the caller in once more. Rejects with the answer to whoever may not call any longer. */
    admitAgain?: (request: FastifyRequest) => Promise<void>;
  }
}

type Done = (error: Error | null, body?: unknown) => void;
type Parse = (request: FastifyRequest, body: string, done: Done) => void;

/** Takes JSON alone. An empty body is none, whatever its type: many clients send their `Content-Type` with every request. */
export function parseBodies(fastify: FastifyInstance): void {
  // A field called `__proto__` is one that no schema knows, and is named like any other.
  const parseJson = fastify.getDefaultJsonParser('ignore', 'ignore');
  fastify.removeAllContentTypeParsers();
  const add = (type: string, parse: Parse) =>
    fastify.addContentTypeParser<string>(type, { parseAs: 'string' }, inTime(parse));
  add('application/json', (request, body, done) => {
    if (body === '') done(null, undefined);
    else void parseJson(request, body, done);
  });
  // It is read to the end, as a body of chunks does not say before whether it is empty.
  add('*', (request, body, done) => {
    // Nothing at an unknown address takes a body: it is the address that is wrong.
    if (body === '' || request.is404) done(null, undefined);
    else done(new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE(), undefined);
  });
}

/** Here and in no hook: only a request with a body can be late, and a hook would cost all of them. */
const inTime =
  (parse: Parse): Parse =>
  (request, body, done) => {
    const { admitAgain } = request.server;
    if (admitAgain === undefined || performance.now() - request.cameAt < LATE_BODY_MS) parse(request, body, done);
    else admitAgain(request).then(() => parse(request, body, done), done);
  };
