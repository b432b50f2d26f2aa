import { Metadata, type ServiceError, status } from '@grpc/grpc-js';

/** An error of the server: a gRPC status, and trailers by which clients tell its kind. */
function serverError(code: status, details: string, trailers: Record<string, string> = {}): ServiceError {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(trailers)) metadata.set(key, value);
  return Object.assign(new Error(details), { code, details, metadata });
}

export const notReady = () => serverError(status.UNAVAILABLE, 'Server Is Not Ready');
export const timedOut = () => serverError(status.ABORTED, 'Operation timed out: Prepare phase timeout');
export const unknownError = () => serverError(status.UNKNOWN, 'Unexpected OperationResult: ForwardTimeout');
export const accessDenied = () =>
  serverError(status.PERMISSION_DENIED, 'Access Denied', { exception: 'access-denied' });

export const notLeader = ({ host, port }: { host: string; port: number }) =>
  serverError(status.NOT_FOUND, 'Leader info available', {
    exception: 'not-leader',
    'leader-endpoint-host': host,
    'leader-endpoint-port': String(port),
  });

export const noLeaderInfo = () => serverError(status.UNKNOWN, 'No leader info available in response');

export const streamDeleted = (stream: string) =>
  serverError(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': stream,
  });

export const appendTooLarge = (limit: number) =>
  serverError(status.INVALID_ARGUMENT, `Maximum Append Size of ${limit} Exceeded.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': String(limit),
  });

/** The official client has no type for it. */
export const eventTooLarge = () =>
  serverError(status.INVALID_ARGUMENT, 'Event with Id: 0, Size: 2000, exceeds Maximum Append Event Size of 1000.', {
    exception: 'maximum-append-event-size-exceeded',
  });

export const invalidPosition = (position: bigint) =>
  serverError(status.INVALID_ARGUMENT, `Invalid position: no record begins at ${position}`);
