import { ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, TraceFlags, type Tracer, trace } from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/**
 * Traces for an OTLP collector: a span for each request and one for each commit of the event store. The events that a request
 * stores carry its span as `traceparent`, so that whoever handles them later can go on from there.
 */
export class Tracing {
  private readonly provider: BasicTracerProvider;
  private readonly tracer: Tracer;
  private readonly spans = new WeakMap<FastifyRequest, Span>();

  /** `endpoint`: the base address of an OTLP collector, for example http://localhost:4318. */
  constructor(endpoint: string) {
    const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` });
    this.provider = new BasicTracerProvider({
      resource: resourceFromAttributes({ 'service.name': 'gavel' }),
      spanProcessors: [new BatchSpanProcessor(exporter)],
    });
    this.tracer = this.provider.getTracer('gavel');
  }

  /** To be registered before the routes. */
  observeRequests(fastify: FastifyInstance): void {
    fastify.addHook('onRequest', (request, _, next) => {
      this.begin(request);
      next();
    });
    fastify.addHook('onResponse', (request, reply, next) => {
      this.end(request, reply.statusCode);
      next();
    });
  }

  /** A commit that has just ended. */
  committed({ appends, events, milliseconds }: { appends: number; events: number; milliseconds: number }): void {
    const endTime = Date.now();
    const attributes = { 'gavel.appends': appends, 'gavel.events': events };
    this.tracer.startSpan('store commit', { startTime: endTime - milliseconds, attributes }).end(endTime);
  }

  /** Sends what is left. */
  async close(): Promise<void> {
    await this.provider.shutdown();
  }

  private begin(request: FastifyRequest): void {
    const { method, routeOptions, headers, id } = request;
    const route = routeOptions.url ?? 'unknown';
    const caller = typeof headers.traceparent === 'string' ? parseTraceParent(headers.traceparent) : null;
    const parent = caller === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, { ...caller, isRemote: true });
    const attributes = { 'http.request.method': method, 'http.route': route, 'gavel.request_id': id };
    const span = this.tracer.startSpan(`${method} ${route}`, { kind: SpanKind.SERVER, attributes }, parent);
    this.spans.set(request, span);
    const { traceId, spanId, traceFlags } = span.spanContext();
    headers.traceparent = `00-${traceId}-${spanId}-0${traceFlags === TraceFlags.SAMPLED ? 1 : 0}`;
  }

  private end(request: FastifyRequest, status: number): void {
    const span = this.spans.get(request);
    span?.setAttribute('http.response.status_code', status);
    if (status >= 500) span?.setStatus({ code: SpanStatusCode.ERROR });
    span?.end();
  }
}
