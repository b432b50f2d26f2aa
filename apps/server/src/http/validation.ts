import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { FastifySchemaValidationError } from 'fastify';
import type { FastifySchemaCompiler, FastifyValidationResult } from 'fastify/types/schema.js';
import type { TSchema } from 'typebox';
import { ENTITY_TAGS } from '#contracts/http/command-headers.js';
import { PLAIN_TEXT } from '#contracts/plain-text.js';
import type { FieldError } from './problems.js';

/** A JSON body means what it says: "5" is not 5. A query string is text, so numbers in it are read from text. */
const strict = new Ajv({ allErrors: false, coerceTypes: false, useDefaults: true, removeAdditional: false });
const textual = new Ajv({ allErrors: false, coerceTypes: true, useDefaults: true, removeAdditional: false });
addFormats.default(strict);
addFormats.default(textual);

/** Compiles the checks of one part of a request, once at the start. */
export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const check = (httpPart === 'body' ? strict : textual).compile(schema);
  if (httpPart === 'headers') return whereGiven(schema, check);
  return httpPart === 'body' && needsNothing(schema as { required?: string[] }) ? orEmpty(check) : check;
};

/** Whether every field of a body may be left out, and with them the body. */
export const needsNothing = ({ required = [] }: { required?: readonly string[] }): boolean => required.length === 0;

/** No body, which is asked about as null, says what `{}` says. */
function orEmpty(check: ValidateFunction): FastifyValidationResult {
  const validate: FastifyValidationResult = (body: unknown) => {
    const value = body ?? {};
    const isValid = check(value);
    validate.errors = check.errors ?? null;
    return isValid && body === null ? { value } : isValid;
  };
  return validate;
}

/** Most requests have none of the optional headers that a route knows. */
function whereGiven(schema: TSchema, check: ValidateFunction): FastifyValidationResult {
  const { properties = {}, required = [] } = schema as { properties?: object; required?: readonly string[] };
  const names = Object.keys(properties);
  const validate: FastifyValidationResult = (headers: Record<string, unknown>) => {
    if (required.length === 0 && names.every((name) => headers[name] === undefined)) return true;
    const isValid = check(headers);
    validate.errors = check.errors ?? null;
    return isValid;
  };
  return validate;
}

const PART: Record<string, string> = { querystring: 'query', params: 'path', headers: 'header' };

/** Names the field of each violation: `vehicle.vin` in a body, `query.limit` elsewhere. */
export function fieldErrors(
  violations: readonly FastifySchemaValidationError[],
  part: string | undefined,
): FieldError[] {
  return decisive(violations as ErrorObject[]).map((violation) => {
    const path = violation.instancePath.split('/').slice(1);
    const extra = violation.params['additionalProperty'] ?? violation.params['missingProperty'];
    if (extra !== undefined) path.push(String(extra));
    const prefix = part === undefined || part === 'body' ? [] : [PART[part] ?? part];
    return { field: [...prefix, ...path].join('.') || 'body', message: messageOf(violation) };
  });
}

/** Of a value that fits no alternative: what is wrong deepest inside it, else that it fits none. */
function decisive(violations: readonly ErrorObject[]): readonly ErrorObject[] {
  const none = violations.find(({ keyword }) => keyword === 'anyOf');
  if (none === undefined) return violations;
  const inside = violations.filter(({ instancePath }) => instancePath.length > none.instancePath.length);
  return inside.length > 0 ? inside : [none];
}

/** In words what a pattern says that nobody wants to read. */
const inWords: Record<string, string> = {
  [ENTITY_TAGS]: 'must be * or a list of entity tags such as "7"',
  [PLAIN_TEXT]: 'must be a line of text that is not blank, without control characters and lone surrogates',
};

function messageOf({ keyword, message, params }: ErrorObject): string {
  if (keyword === 'pattern') return inWords[params['pattern']] ?? message ?? 'is not valid';
  if (keyword === 'additionalProperties') return 'is not a known field';
  if (keyword === 'anyOf') return 'must have one of the documented forms';
  if (keyword === 'required') return 'is missing';
  if (keyword === 'enum') return `must be one of ${(params['allowedValues'] as string[]).join(', ')}`;
  return message ?? 'is not valid';
}
