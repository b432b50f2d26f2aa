import type { FastifyReply } from 'fastify';

/** Aborted when the connection of a request has closed: nobody waits for its answer any more. */
export function callerGone({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  if (raw.destroyed) gone.abort();
  else raw.once('close', () => gone.abort());
  return gone.signal;
}
