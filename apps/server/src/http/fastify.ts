import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import fastifySwagger from '@fastify/swagger';
import fastifySwaggerUi from '@fastify/swagger-ui';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import { type Authentication, admit } from '../auth/authenticate.js';
import { actorOf, type Principal } from '../auth/principal.js';
import type { RateLimit } from '../auth/rate-limit.js';
import { parseBodies } from './bodies.js';
import { refuseBroken, refuseExpectation } from './broken-requests.js';
import { callerAddress } from './caller-address.js';
import { openApi } from './open-api.js';
import { sendProblem } from './problem-filter.js';
import { ProblemAnswer, validationFailed } from './problems.js';
import type { Access } from './route.js';
import { notShared, securityHeaders } from './security-headers.js';
import type { TrustedProxies } from './trusted-proxies.js';
import { compileValidator } from './validation.js';

/** The largest command, an increment table of 64 bands, is far smaller. Bytes. */
const BODY_LIMIT = 64 * 1024;
const REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/;
const DOCS = '/api/docs';

/** The HTTP server below Nest: limits, request ids and validation. */
export function fastifyAdapter(logger: FastifyBaseLogger, trustProxy: TrustedProxies): FastifyAdapter {
  const adapter = new FastifyAdapter({
    logController: new LogController({ disableRequestLogging: true }),
    // The logger of every request. With one of its own, Fastify listens to the end of every answer; a child for each request costs more
    // than its one line: lines name the request themselves.
    childLoggerFactory: () => logger,
    // There is no middleware: hooks of Fastify do what is to be done for every request.
    skipMiddie: true,
    trustProxy,
    bodyLimit: BODY_LIMIT,
    requestTimeout: 30_000,
    connectionTimeout: 60_000,
    keepAliveTimeout: 65_000,
    // Longer than any id, so that a wrong one gets the answer that names it.
    routerOptions: { maxParamLength: 8_192 },
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    genReqId: requestId,
    frameworkErrors: refuseAddress,
    clientErrorHandler: refuseBroken,
    // Node itself would answer with nothing.
    http: { requireHostHeader: false },
  });
  adapter.getInstance().server.on('checkExpectation', refuseExpectation);
  adapter.getInstance().setValidatorCompiler(compileValidator);
  parseBodies(adapter.getInstance());
  return adapter;
}

/** What is wrong before any route or hook is reached: an address that is no URL. Nobody needs a credential to be told so. */
function refuseAddress({ statusCode }: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  reply.headers(securityHeaders(request.url)).header('x-request-id', request.id);
  const tooLong = statusCode === 414 && new ProblemAnswer(414, 'address-too-long', 'No id is as long as that.');
  sendProblem(reply, request, tooLong || validationFailed([{ field: 'path', message: 'is not a valid URL' }]));
}

/** Tells the requests of this process from those of any other. */
const processId = randomUUID().slice(0, 8);
let requests = 0;

/** The caller's own id of the request, where it gives a decent one. */
function requestId({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  if (typeof given === 'string' && REQUEST_ID.test(given)) return given;
  requests += 1;
  return `${processId}-${requests.toString(36)}`;
}

export interface Gate {
  readonly authentication: Authentication;
  /** Null: no limit. */
  readonly rateLimit: RateLimit | null;
}

/** Everything in front of the routes. To be registered before them. */
export async function guardRoutes(fastify: FastifyInstance, gate: Gate): Promise<void> {
  refuseUndeclaredRoutes(fastify);
  fastify.decorateRequest('principal', null);
  fastify.addHook('onRequest', (request, reply, next) => {
    reply.headers(securityHeaders(request.url));
    reply.header('x-request-id', request.id);
    if (request.headers.host === undefined && request.raw.httpVersion !== '1.0') {
      next(new ProblemAnswer(400, 'bad-request', 'A request names its Host.') as unknown as Error);
      return;
    }
    // A route that declares nothing (an unknown address) asks for a credential too.
    const access = request.routeOptions.config.access ?? 'any';
    if (access === 'public') {
      next();
      return;
    }
    if (request.method === 'GET' || request.method === 'HEAD') reply.headers(notShared);
    enter(request, access, gate, next);
  });
  fastify.decorate('admitAgain', (request: FastifyRequest) => admitAgain(request, gate));
  await fastify.register(fastifySwagger, openApi);
  await fastify.register(fastifySwaggerUi, {
    routePrefix: DOCS,
    staticCSP: true,
    transformStaticCSP: (policy) => policy.replace('upgrade-insecure-requests;', ''),
    theme: { title: 'Gavel API', css: [{ filename: 'gavel.css', content: '.swagger-ui .topbar { display: none }' }] },
  });
}

/** Deny by default: a route says who may call it, or the server does not start. */
function refuseUndeclaredRoutes(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route) => {
    if (route.url.startsWith(DOCS)) route.config = { ...route.config, access: 'public' };
    if (route.config?.access === undefined)
      throw new Error(`${route.method} ${route.url} does not say who may call it`);
  });
}

/** Without a promise where none is needed: this runs for every request. */
function enter(request: FastifyRequest, access: Access, gate: Gate, next: (refusal?: Error) => void): void {
  try {
    const identified = gate.authentication.identify(request, () => gate.rateLimit?.check(addressOf(request)));
    if (identified instanceof Promise) {
      enterLater(request, access, gate, identified).then(() => next(), next);
      return;
    }
    letIn(request, access, gate, identified);
  } catch (refusal) {
    next(refusal as Error);
    return;
  }
  next();
}

async function enterLater(
  request: FastifyRequest,
  access: Access,
  gate: Gate,
  identified: Promise<Principal | null>,
): Promise<void> {
  let principal: Principal | null;
  try {
    principal = await identified;
  } catch (failure) {
    gate.rateLimit?.spend(addressOf(request));
    throw failure;
  }
  letIn(request, access, gate, principal);
}

function letIn(request: FastifyRequest, access: Access, { rateLimit }: Gate, principal: Principal | null): void {
  rateLimit?.spend(principal === null ? addressOf(request) : actorOf(principal));
  admit(request, access, principal);
}

async function admitAgain(request: FastifyRequest, gate: Gate): Promise<void> {
  const { access = 'any' } = request.routeOptions.config;
  if (access === 'public') return;
  const principal = await gate.authentication.identify(request, () => gate.rateLimit?.check(addressOf(request)));
  admit(request, access, principal);
}

/** Failed attempts count against the address, so that guessing is slow. */
const addressOf = (request: FastifyRequest): string => `address:${callerAddress(request.ip)}`;
