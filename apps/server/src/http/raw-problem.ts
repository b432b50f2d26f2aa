import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ProblemAnswer, problemBody } from './problems.js';
import { securityHeaders } from './security-headers.js';

/** Answers on the connection itself, where no request came to be that could be answered, and ends it. */
export function sendRawProblem(socket: Duplex, answer: ProblemAnswer): void {
  const requestId = randomUUID();
  const body = JSON.stringify(problemBody(answer, requestId));
  const seconds = answer.more.retryAfterSeconds;
  const headers = {
    Connection: 'close',
    'Content-Type': 'application/problem+json',
    'Content-Length': Buffer.byteLength(body),
    ...securityHeaders('/api/'),
    'X-Request-Id': requestId,
    ...(seconds !== undefined && { 'Retry-After': seconds }),
    ...(answer.status === 401 && { 'WWW-Authenticate': 'Bearer realm="gavel"' }),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.once('finish', () => socket.destroy());
  socket.end(`${[`HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status]}`, ...lines].join('\r\n')}\r\n\r\n${body}`);
}
