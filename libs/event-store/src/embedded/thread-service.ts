import { type MessagePort, parentPort } from 'node:worker_threads';
import type { Failure } from './outage.js';
import { reasonOf, StorageFailure } from './storage-failure.js';

/** What a thread sends: one answer for its start, then one for each request, in order. */
export type Answer<Value> = { readonly value: Value } | { readonly failure: Failure };

/** The request that ends a thread once everything before it is done. */
export const STOP = 'stop';

export interface Service<Request, Value> {
  /** Answers a request. A StorageFailure is an answer as well; any other error ends the thread without one. */
  handle(request: Request): Value;
  close(): void;
}

/** Runs a service in this worker thread: `open` makes it and tells what the start answers. */
export function serve<Started, Request, Value>(
  open: () => { started: Started; service: Service<Request, Value> },
): void {
  const port = parentPort as MessagePort;
  const opened = attempt(open);
  if ('failure' in opened) {
    port.postMessage(opened);
    return;
  }
  const { started, service } = opened.value;
  port.on('message', (request: Request | typeof STOP) => {
    if (request !== STOP) return port.postMessage(attempt(() => service.handle(request)));
    service.close();
    port.close();
  });
  port.postMessage({ value: started } satisfies Answer<Started>);
}

function attempt<Value>(work: () => Value): Answer<Value> {
  try {
    return { value: work() };
  } catch (error) {
    // SQLite's own errors would cross the thread's border without their message.
    if (!(error instanceof StorageFailure)) throw new Error(reasonOf(error), { cause: error });
    return { failure: { message: error.message, lasting: error.lasting } };
  }
}
