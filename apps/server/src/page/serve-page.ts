import { fileURLToPath } from 'node:url';
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { pageRoutes } from '#contracts/http/page-routes.js';
import { type AnswerStray, sendProblem } from '../http/problem-filter.js';
import { ProblemAnswer } from '../http/problems.js';
import { encodingFor, readBuiltFiles } from './built-files.js';

/** Where `npm run build` puts the page. */
const BUILT = fileURLToPath(new URL('../../../web/page/', import.meta.url));
const open = { config: { access: 'public' }, schema: { hide: true } } as const;
const NO_CACHE = 'no-cache';
/** A file is named after its content: under this name it never becomes another one. */
const FOR_EVER = 'public, max-age=31536000, immutable';

/**
 * The web page at every address that its router knows; what comes back serves it to a browser at an address that nobody knows. A server
 * whose page was not built serves the API alone.
 */
export function servePage(
  fastify: FastifyInstance,
  log: Pick<FastifyBaseLogger, 'warn'>,
  directory = BUILT,
): AnswerStray | null {
  const files = readBuiltFiles(directory);
  if (files === null) {
    log.warn({ directory }, 'the web page is not built: only the API is served');
    return null;
  }
  const send = (name: string, caching: string, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const file = files.get(name);
    if (file === undefined) {
      sendProblem(reply, request, new ProblemAnswer(404, 'not-found', 'There is nothing at this address.'));
      return reply;
    }
    reply.headers({ 'cache-control': caching, etag: file.etag, vary: 'accept-encoding' });
    if (request.headers['if-none-match'] === file.etag) return reply.status(304).send();
    const encoding = encodingFor(request.headers['accept-encoding']);
    if (encoding !== 'identity') reply.header('content-encoding', encoding);
    return reply.type(file.type).send(file.bodies[encoding]);
  };
  for (const address of Object.values(pageRoutes)) {
    fastify.get(address, open, (request, reply) => send('index.html', NO_CACHE, request, reply));
  }
  fastify.get('/icon.svg', open, (request, reply) => send('icon.svg', NO_CACHE, request, reply));
  fastify.get<{ Params: { file: string } }>('/assets/:file', open, (request, reply) =>
    send(`assets/${request.params.file}`, FOR_EVER, request, reply),
  );
  return (request, reply) => {
    if (!isNavigation(request)) return false;
    send('index.html', NO_CACHE, request, reply.status(404));
    return true;
  };
}

/** Somebody has typed an address or followed a link: no program asks for HTML. */
const isNavigation = ({ method, url, headers }: FastifyRequest): boolean =>
  method === 'GET' && !url.startsWith('/api/') && (headers.accept ?? '').includes('text/html');
