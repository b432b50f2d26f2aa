import { type MessagePort, parentPort } from 'node:worker_threads';
import type { Answer } from './call-thread.js';
import { codeOf, messageOf } from './failures.js';

/** The thread's side of CallThread: answers every request with what `handle` returns or throws. */
export function answerCalls<Request>(handle: (request: Request) => unknown): void {
  const port = parentPort as MessagePort;
  port.on('message', (request: Request) => port.postMessage(answered(() => handle(request))));
}

function answered(work: () => unknown): Answer {
  try {
    return { value: work() };
  } catch (error) {
    return { failure: { message: messageOf(error), code: codeOf(error) } };
  }
}
