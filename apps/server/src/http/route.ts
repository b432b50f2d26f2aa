import '@fastify/swagger';
import { applyDecorators } from '@nestjs/common';
import { RouteConfig, RouteSchema } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import type { Static, TSchema } from 'typebox';
import type { Role } from '#contracts/events/key-events.js';
import { CommandHeaders } from '#contracts/http/command-headers.js';
import { Problem } from '#contracts/http/problem.js';

/** Who may call a route; `any` role of a valid credential, or the `public` without one. */
export type Access = Role | 'any' | 'public';

export interface RouteOptions {
  readonly access: Access;
  readonly summary: string;
  readonly tag: string;
  readonly params?: TSchema;
  readonly query?: TSchema;
  readonly body?: TSchema;
  /** A command takes `Idempotency-Key` and `If-Match`. */
  readonly command?: boolean;
  /** Its answer is held back or goes on for as long as the caller asks for: long is not slow. */
  readonly waits?: boolean;
  /** Answers of success, by status. */
  readonly answers: Readonly<
    Record<number, TSchema | { readonly content: Readonly<Record<string, { schema: TSchema }>> }>
  >;
  /** Statuses of the problems it may answer, besides those that every route may. */
  readonly problems?: readonly number[];
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A route without it does not start. */
    access?: Access;
    waits?: boolean;
  }
}

/** A command that says everything in its address. */
const NoBody = { type: 'object', additionalProperties: false };
/** So that a parameter which does nothing is not taken for one that does. */
const NoQuery = { type: 'object', properties: {}, additionalProperties: false };
const EVERYWHERE = [400, 401, 403, 429, 500, 503];

/** Declares who may call a route and what goes in and out: the one source of validation, serialisation and OpenAPI. */
export function Route(options: RouteOptions): MethodDecorator {
  const { access, summary, tag, params, query, body, command = false, waits = false, answers, problems = [] } = options;
  const ownProblems = [
    ...EVERYWHERE,
    ...(command || body ? [413, 415] : []),
    ...(command ? [412, 422] : []),
    ...problems,
  ];
  const problem = (status: number) => [
    status,
    { description: 'Problem', content: { 'application/problem+json': { schema: Problem } } },
  ];
  return applyDecorators(
    RouteConfig({ access, waits }),
    RouteSchema({
      summary,
      tags: [tag],
      ...(params && { params }),
      // Probes and caches in front of what is public add parameters of their own.
      ...(query ? { querystring: query } : access !== 'public' && { querystring: NoQuery }),
      ...(body ? { body } : command && { body: NoBody }),
      ...(command && { headers: CommandHeaders }),
      ...(access === 'public' ? { security: [] } : {}),
      response: { ...Object.fromEntries(ownProblems.map(problem)), ...answers },
    }),
  ) as MethodDecorator;
}

/** A request whose parts have been checked against the route's schemas. */
export type RouteRequest<Parts extends { params?: TSchema; query?: TSchema; body?: TSchema } = object> =
  FastifyRequest<{
    Params: Parts extends { params: infer P extends TSchema } ? Static<P> : unknown;
    Querystring: Parts extends { query: infer Q extends TSchema } ? Static<Q> : unknown;
    Body: Parts extends { body: infer B extends TSchema } ? Static<B> : unknown;
  }>;
