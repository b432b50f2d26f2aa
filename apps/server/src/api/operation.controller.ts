import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import Type from 'typebox';
import { Backend } from '../backend.js';
import { Route } from '../http/route.js';
import type { Readiness } from '../observability/health.js';
import { Metrics } from '../observability/metrics.js';

const Live = Type.Object({ status: Type.Literal('ok') });
const ReadinessAnswer = Type.Object({
  status: Type.Unsafe<'ok' | 'degraded' | 'unavailable'>({ type: 'string', enum: ['ok', 'degraded', 'unavailable'] }),
  checks: Type.Object({}, { additionalProperties: { type: 'string' }, description: 'ok, or what is wrong, by part' }),
});
const PrometheusText = {
  description: 'Prometheus text format',
  content: { 'text/plain': { schema: Type.String() } },
};

@Controller()
export class OperationController {
  constructor(
    private readonly backend: Backend,
    private readonly metrics: Metrics,
  ) {}

  @Get('health/live')
  @Route({ access: 'public', tag: 'Operation', summary: 'The process answers', answers: { 200: Live } })
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('health/ready')
  @Route({
    access: 'public',
    tag: 'Operation',
    summary: 'The parts work',
    answers: { 200: ReadinessAnswer, 503: ReadinessAnswer },
  })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<Readiness> {
    const readiness = await this.backend.health.readiness();
    reply.status(readiness.status === 'unavailable' ? 503 : 200);
    return readiness;
  }

  @Get('metrics')
  @Route({ access: 'public', tag: 'Operation', summary: 'For Prometheus', answers: { 200: PrometheusText } })
  async prometheus(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    this.backend.observe();
    reply.type(this.metrics.registry.contentType);
    return this.metrics.registry.metrics();
  }
}
