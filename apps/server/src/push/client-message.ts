import {
  AuthenticateMessage,
  type ClientMessage,
  SubscribeMessage,
  UnsubscribeMessage,
} from '#contracts/push/client-messages.js';
import type { FieldError } from '../http/problems.js';
import { compileValidator, fieldErrors } from '../http/validation.js';

const check = (schema: object) => compileValidator({ schema, httpPart: 'body', method: 'GET', url: '/ws' });
const checks = {
  authenticate: check(AuthenticateMessage),
  subscribe: check(SubscribeMessage),
  unsubscribe: check(UnsubscribeMessage),
};

/** What a client sent, or what is wrong with it. */
export function parseClientMessage(text: string): ClientMessage | readonly FieldError[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [{ field: 'message', message: 'is not JSON' }];
  }
  const kind = Object.keys(checks).find(
    (name) => typeof value === 'object' && value !== null && Object.hasOwn(value, name),
  );
  if (kind === undefined) {
    return [{ field: 'message', message: `must have one of ${Object.keys(checks).join(', ')}` }];
  }
  const validate = checks[kind as keyof typeof checks];
  if (validate(value) === true) return value as ClientMessage;
  return fieldErrors(validate.errors ?? [], 'body');
}
