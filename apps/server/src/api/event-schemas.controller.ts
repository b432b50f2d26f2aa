import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import Type from 'typebox';
import { publicDefinitions } from '#contracts/public-events/public-catalogue.js';
import { notFound } from '../http/problems.js';
import { Route, type RouteRequest } from '../http/route.js';
import { asyncApi, jsonSchemaOf } from './async-api.js';
import { EventsChannel } from './events-channel.js';

const Document = Type.Object({}, { additionalProperties: true });
const ofType = {
  params: Type.Object({ eventType: Type.String({ maxLength: 100 }) }, { additionalProperties: false }),
};

/** What the events for partners look like; the same for Kafka, webhooks and the feed. */
@Controller()
export class EventSchemasController {
  private readonly documents: ReadonlyMap<string, string>;
  private readonly asyncApiJson: string;

  constructor(channel: EventsChannel) {
    this.documents = new Map(publicDefinitions.map((event) => [event.type, JSON.stringify(jsonSchemaOf(event))]));
    this.asyncApiJson = JSON.stringify(asyncApi(channel));
  }

  @Get('api/asyncapi.json')
  @Route({
    access: 'public',
    tag: 'Partners',
    summary: 'The events for partners, AsyncAPI 3',
    answers: { 200: Document },
  })
  asyncApi(@Res({ passthrough: true }) reply: FastifyReply): string {
    reply.type('application/json; charset=utf-8');
    return this.asyncApiJson;
  }

  @Get('api/schemas/:eventType')
  @Route({
    ...ofType,
    access: 'public',
    tag: 'Partners',
    summary: 'The JSON Schema of one type of event for partners',
    answers: { 200: { content: { 'application/schema+json': { schema: Document } } } },
    problems: [404],
  })
  schema(@Req() request: RouteRequest<typeof ofType>, @Res({ passthrough: true }) reply: FastifyReply): string {
    const document = this.documents.get(request.params.eventType);
    if (document === undefined) throw notFound('event-type');
    reply.type('application/schema+json; charset=utf-8');
    return document;
  }
}
