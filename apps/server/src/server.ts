import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { type AdminKey, adminKey } from './auth/admin-key.js';
import { Authentication } from './auth/authenticate.js';
import { BidderTokens } from './auth/bidder-tokens.js';
import { KeyRing } from './auth/key-ring.js';
import { RateLimit } from './auth/rate-limit.js';
import { Backend } from './backend.js';
import { refuseSoldOut } from './buying/refuse-sold-out.js';
import { gavelModule } from './gavel.module.js';
import { fastifyAdapter, guardRoutes } from './http/fastify.js';
import { ProblemFilter } from './http/problem-filter.js';
import { answerMeanwhile } from './http/starting.js';
import { cutSlowReaders } from './http/untaken-answers.js';
import { nestLogger } from './observability/logger.js';
import { Metrics } from './observability/metrics.js';
import { observeRequests } from './observability/observe-requests.js';
import type { Tracing } from './observability/tracing.js';
import { servePage } from './page/serve-page.js';
import { WebSocketGate } from './push/web-socket-gate.js';
import type { Settings } from './settings.js';

/** How long a request that is under way may take once the server closes, milliseconds. */
const CLOSE_MS = 5_000;

export interface Server {
  /** Where it listens, for example http://localhost:3000. */
  readonly url: string;
  readonly admin: AdminKey;
  readonly backend: Backend;
  /** Takes no new request, answers those under way, commits what was taken in, lets go of the files. */
  close(): Promise<void>;
}

/** Starts the whole program. Throws StoreUnusable, or what the system says of the port. */
export async function startServer(settings: Settings, log: Logger): Promise<Server> {
  const metrics = new Metrics();
  const tracing = await startTracing(settings.otlpEndpoint);
  const backend = await answerMeanwhile(() => Backend.open(settings, { metrics, tracing, log }), settings);
  try {
    const admin = await adminKey(settings.dataDir, settings.adminKey);
    const authentication = new Authentication(
      new KeyRing(backend.readModels.keys, admin.key, () => backend.visibility.keysShown()),
      settings.jwt === undefined ? null : new BidderTokens(settings.jwt),
    );
    const rateLimit = settings.rateLimit === 0 ? null : new RateLimit(settings.rateLimit);

    const adapter = fastifyAdapter(log, settings.trustedProxies);
    const fastify = adapter.getInstance();
    tracing?.observeRequests(fastify);
    observeRequests(fastify, metrics, { debugs: log.isLevelEnabled('debug') });
    fastify.decorate('commandKey', backend.commandKey);
    await guardRoutes(fastify, { authentication, rateLimit });
    cutSlowReaders(fastify);
    refuseSoldOut(fastify, backend.soldOut, metrics);
    const answerStray = settings.roles.has('api') ? servePage(fastify, log) : null;
    const app = await NestFactory.create<NestFastifyApplication>(
      gavelModule(backend, { metrics, authentication, roles: settings.roles, eventsChannel: settings.eventsChannel }),
      adapter,
      {
        logger: nestLogger(log),
        abortOnError: false,
        // Fastify's own parser: Nest's wraps it once more for every body.
        bodyParser: false,
      },
    );
    const { push } = backend;
    const { origins, trustedProxies } = settings;
    const gate = new WebSocketGate({ push, authentication, rateLimit, origins, trustedProxies, log });
    if (settings.roles.has('api')) fastify.server.on('upgrade', gate.upgrade);
    app.useGlobalFilters(new ProblemFilter(backend.refusals, answerStray));
    await app.listen(settings.port, settings.host);
    const close = async () => {
      await push.close();
      gate.close();
      backend.partners.feed.close();
      // Kept-alive connections end as soon as they are idle, and those that never end their request after a while.
      const idle = setInterval(() => fastify.server.closeIdleConnections(), 50);
      const late = setTimeout(() => fastify.server.closeAllConnections(), CLOSE_MS);
      await app.close();
      clearInterval(idle);
      clearTimeout(late);
      await backend.close();
      await tracing?.close();
    };
    return { url: (await app.getUrl()).replace(/\[::1\]|127\.0\.0\.1/, 'localhost'), admin, backend, close };
  } catch (error) {
    await backend.close();
    throw error;
  }
}

/** Loaded only where an endpoint asks for it. */
async function startTracing(endpoint: string | undefined): Promise<Tracing | null> {
  if (endpoint === undefined) return null;
  const { Tracing } = await import('./observability/tracing.js');
  return new Tracing(endpoint);
}
