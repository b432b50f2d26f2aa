import type { FastifyRequest } from 'fastify';
import { commandContext } from './command-context.js';

describe('the digest of a request under an idempotency key', () => {
  const digest = (url: string, body?: unknown) => {
    const principal = { role: 'bidder', subject: 'ada' };
    const headers = { 'idempotency-key': 'one' };
    const server = { commandKey: 'of the server' };
    const request = { method: 'POST', url, body, headers, principal, server };
    return commandContext(request as unknown as FastifyRequest).requestDigest;
  };

  it('stays what it is in events that are stored', () => {
    expect(digest('/api/lots/l/bids', { amount: 500 })).toBe('T02qDtmAdMe1rlTZar0XjzE/nfUcFE5Juzg556fONDU=');
    expect(digest('/api/lots/l/close')).toBe('7mvL6bvgd7fh1YfSpqfUfG9wcUHPzYgoZIR5vT0vejM=');
  });

  it('is the same without a body and with an empty object', () => {
    expect(digest('/api/lots/l/close', {})).toBe(digest('/api/lots/l/close'));
    expect(digest('/api/lots/l/close', null)).toBe(digest('/api/lots/l/close'));
  });
});

describe('the command of a request', () => {
  const ada = { role: 'bidder', subject: 'ada' };
  const contextOf = (headers: object, params?: object, principal: object = ada, commandKey = 'of the server') => {
    const request = { id: 'r', method: 'POST', url: '/', headers, params, principal, server: { commandKey } };
    return commandContext(request as unknown as FastifyRequest);
  };
  const idOf = (key: string, params?: object, principal?: object) =>
    contextOf({ 'idempotency-key': key }, params, principal).commandId;

  it('is the same under the same key of the same caller for the same resource, and for nothing else', () => {
    const first = idOf('one', { lotId: 'a' });
    expect(idOf('one', { lotId: 'a' })).toBe(first);
    const others = [
      idOf('two', { lotId: 'a' }),
      idOf('one', { lotId: 'b' }),
      idOf('one'),
      idOf('one', { lotId: 'a' }, { role: 'bidder', subject: 'bob' }),
      idOf('one', { lotId: 'a' }, { role: 'partner', subject: 'ada' }),
    ];
    expect(new Set([first, ...others]).size).toBe(6);
  });

  it('cannot be told by who knows all of the request', () => {
    const headers = { 'idempotency-key': 'one' };
    const ids = ['of the server', 'guessed'].map((commandKey) => contextOf(headers, {}, ada, commandKey).commandId);
    expect(ids[0]).not.toBe(ids[1]);
  });

  it('without a key is another one every time, and is not kept as a request', () => {
    const [one, two] = [contextOf({}), contextOf({})];
    expect(one.commandId).not.toBe(two.commandId);
    expect('requestDigest' in one).toBe(false);
  });

  it('keeps a trace context that is one', () => {
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    expect(contextOf({ traceparent }).traceparent).toBe(traceparent);
    expect('traceparent' in contextOf({ traceparent: `${traceparent}-x` })).toBe(false);
    expect('traceparent' in contextOf({})).toBe(false);
  });
});
