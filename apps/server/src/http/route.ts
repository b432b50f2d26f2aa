import '@fastify/swagger';
import { applyDecorators } from '@nestjs/common';
import { RouteConfig, RouteSchema } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import Type, { type Static, type TSchema } from 'typebox';
import type { Role } from '#contracts/events/key-events.js';
import { CommandHeaders, CreationHeaders } from '#contracts/http/command-headers.js';
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
  /** A command takes `Idempotency-Key`, and `If-Match` unless it creates what it is about. */
  readonly command?: boolean | 'creates';
  /** Its answer is held back or goes on for as long as the caller asks for: long is not slow. */
  readonly waits?: boolean;
  /** Answers of success, by status. */
  readonly answers: Readonly<
    Record<number, TSchema | { readonly content: Readonly<Record<string, { schema: TSchema }>> }>
  >;
  /** Headers of these answers that say something, by status. */
  readonly answerHeaders?: Readonly<Record<number, Readonly<Record<string, TSchema>>>>;
  /** Request headers that the route reads, besides those of every command. */
  readonly headers?: TSchema;
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
const EVERYWHERE = [400, 429, 500, 503];
const WITHOUT_ACCESS = [401, 403];
const RETRY_LATER: readonly number[] = [429, 503];
const RetryAfter = { 'Retry-After': Type.Integer({ minimum: 0, description: 'Seconds' }) };

/** Declares who may call a route and what goes in and out: the one source of validation, serialisation and OpenAPI. */
export function Route(options: RouteOptions): MethodDecorator {
  const { access, summary, tag, params, query, body, command = false, waits = false, answers, problems = [] } = options;
  const { headers = headersOf(command), answerHeaders = {} } = options;
  const ownProblems = [
    ...EVERYWHERE,
    ...(access === 'public' ? [] : WITHOUT_ACCESS),
    ...(command || body ? [413, 415] : []),
    ...(command ? [422] : []),
    ...(command === true ? [412] : []),
    ...problems,
  ];
  const problem = (status: number) => [
    status,
    {
      description: 'Problem',
      content: { 'application/problem+json': { schema: Problem } },
      ...(RETRY_LATER.includes(status) && { headers: RetryAfter }),
    },
  ];
  const answer = ([status, schema]: [string, object]) => {
    const said = answerHeaders[Number(status)];
    return [status, said === undefined ? schema : { ...schema, headers: said }];
  };
  return applyDecorators(
    RouteConfig({ access, waits }),
    RouteSchema({
      summary,
      tags: [tag],
      ...(params && { params }),
      // Probes and caches in front of what is public add parameters of their own.
      ...(query ? { querystring: query } : access !== 'public' && { querystring: NoQuery }),
      ...(body ? { body } : command && { body: NoBody }),
      ...(headers && { headers }),
      ...(access === 'public' ? { security: [] } : {}),
      response: Object.fromEntries([...ownProblems.map(problem), ...Object.entries(answers).map(answer)]),
    }),
  ) as MethodDecorator;
}

const headersOf = (command: boolean | 'creates'): TSchema | undefined =>
  command === 'creates' ? CreationHeaders : command ? CommandHeaders : undefined;

/** A request whose parts have been checked against the route's schemas. */
export type RouteRequest<Parts extends { params?: TSchema; query?: TSchema; body?: TSchema } = object> =
  FastifyRequest<{
    Params: Parts extends { params: infer P extends TSchema } ? Static<P> : unknown;
    Querystring: Parts extends { query: infer Q extends TSchema } ? Static<Q> : unknown;
    Body: Parts extends { body: infer B extends TSchema } ? Static<B> : unknown;
  }>;
