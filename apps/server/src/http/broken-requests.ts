import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { ProblemAnswer } from './problems.js';
import { sendRawProblem } from './raw-problem.js';

type Answering = Socket & { readonly _httpMessage?: Pick<ServerResponse, 'headersSent'> | null };

/** Answers what never becomes a request: a listener for `clientError` of an HTTP server. No hook, route or log sees it. */
export function refuseBroken({ code }: NodeJS.ErrnoException, socket: Socket): void {
  // In the middle of an answer everything more would be read as a part of it; Node looks at the same.
  const isAnswering = (socket as Answering)._httpMessage?.headersSent ?? false;
  if (code === 'ECONNRESET' || !socket.writable || isAnswering) socket.destroy();
  else sendRawProblem(socket, answerTo(code));
}

/** A listener for `checkExpectation`: what a request expects beside `100-continue`, nobody here can do. */
export function refuseExpectation({ socket }: IncomingMessage): void {
  sendRawProblem(socket, new ProblemAnswer(417, 'expectation-failed', 'No expectation but 100-continue is met.'));
}

function answerTo(code: string | undefined): ProblemAnswer {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new ProblemAnswer(431, 'headers-too-large', 'The address or the headers are longer than any request needs.');
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new ProblemAnswer(408, 'request-timeout', 'The request did not come to its end in time.');
  }
  return new ProblemAnswer(400, 'bad-request', 'This is not a well-formed HTTP request.');
}
