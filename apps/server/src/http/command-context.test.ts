import type { FastifyRequest } from 'fastify';
import { commandContext } from './command-context.js';

describe('the digest of a request under an idempotency key', () => {
  const digest = (url: string, body?: unknown) => {
    const principal = { role: 'bidder', subject: 'ada' };
    const headers = { 'idempotency-key': 'one' };
    return commandContext({ method: 'POST', url, body, headers, principal } as unknown as FastifyRequest).requestDigest;
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
