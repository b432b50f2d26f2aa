import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { type Answer, STOP, type ThreadData } from './call-thread.js';
import { codeOf, messageOf } from './failures.js';

/** The thread's side of CallThread: answers every request with what `handle` returns or throws. */
export function answerCalls<Request>(handle: (request: Request) => unknown): void {
  const port = parentPort as MessagePort;
  const { abandoned } = workerData as ThreadData;
  port.on('message', (request: Request | typeof STOP) => {
    if (request === STOP) port.close();
    else port.postMessage(answered(abandoned, () => handle(request)));
  });
}

function answered(abandoned: Int32Array, work: () => unknown): Answer {
  if (Atomics.load(abandoned, 0) === 1) return { failure: { message: 'abandoned', code: '' } };
  try {
    return { value: work() };
  } catch (error) {
    return { failure: { message: messageOf(error), code: codeOf(error) } };
  }
}
