import { setTimeout as sleep } from 'node:timers/promises';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { handleClientStreamingCall, ServerReadableStream } from '@grpc/grpc-js';
import type { EventLog, Expected, NewEvent, Written } from './event-log.js';
import type { AppendFault, Faults } from './faults.js';
import {
  accessDenied,
  appendTooLarge,
  eventTooLarge,
  noLeaderInfo,
  notLeader,
  notReady,
  streamDeleted,
  timedOut,
  unknownError,
} from './statuses.js';

const MAX_APPEND_BYTES = 1_048_576;

export interface Append {
  readonly stream: string;
  readonly expected: Expected;
  readonly events: readonly NewEvent[];
}

/** What the faults of a server do beside answering. */
export interface Node {
  readonly log: EventLog;
  readonly faults: Faults;
  cutConnections(): void;
}

const kill = (): never => process.kill(process.pid, 'SIGKILL') as never;

/** Writes, with the planned fault. Throws a ServiceError; never resolves where no answer comes. */
export async function append(node: Node, { stream, expected, events }: Append): Promise<Written> {
  const { log, faults } = node;
  const fault = faults.next();
  failBefore(node, stream, fault);
  const size = events.reduce((sum, event) => sum + sizeOf(event), 0);
  if (size > MAX_APPEND_BYTES) throw appendTooLarge(MAX_APPEND_BYTES);
  const written = await log.append(stream, expected, events);
  if (fault === 'kill-after') kill();
  if (fault === 'drop-after') node.cutConnections();
  if (fault === 'timeout-after') throw timedOut();
  if (fault === 'unknown-after') throw unknownError();
  if (fault === 'no-answer' || fault === 'drop-after') return new Promise(() => undefined);
  if (faults.lasting.replyDelayMs > 0) await sleep(faults.lasting.replyDelayMs);
  await faults.awake();
  return written;
}

function failBefore(node: Node, stream: string, fault: AppendFault | undefined): void {
  const { leader } = node.faults.lasting;
  if (fault === 'refuse') throw notReady();
  if (fault === 'access-denied') throw accessDenied();
  if (fault === 'stream-deleted') throw streamDeleted(stream);
  if (fault === 'event-too-large') throw eventTooLarge();
  if (fault === 'not-leader') throw leader === null || leader === 'unknown' ? noLeaderInfo() : notLeader(leader);
  if (fault === 'kill-before') kill();
  if (fault === 'drop-before') {
    node.cutConnections();
    throw notReady();
  }
}

/** As the server counts: data, metadata and the type in UTF-16. */
const sizeOf = ({ data, metadata, type }: NewEvent): number =>
  Buffer.byteLength(data, 'base64') + Buffer.byteLength(metadata, 'base64') + type.length * 2;

/** The classic path: a call for each append. */
export function classicAppend(node: Node): handleClientStreamingCall<streams.AppendReq, streams.AppendResp> {
  return (call, answer) => {
    node.faults.calls.appends += 1;
    node.faults.calls.authorization = call.metadata.get('authorization')[0]?.toString() ?? null;
    void received(call)
      .then(async (request) => {
        node.faults.calls.expected = request.expected;
        await node.faults.awake();
        checkLeader(node, call);
        answer(null, classicAnswer(request, await append(node, request)));
      })
      .catch((error) => answer(error));
  };
}

/** Throws unless this node may serve the call. */
export function checkLeader(
  { faults }: Node,
  call: { readonly metadata: ServerReadableStream<unknown, unknown>['metadata'] },
): void {
  const { leader } = faults.lasting;
  if (call.metadata.get('requires-leader')[0] !== 'true') {
    faults.calls.withoutLeader += 1;
    return;
  }
  if (leader === 'unknown') throw noLeaderInfo();
  if (leader !== null) throw notLeader(leader);
}

function received(call: ServerReadableStream<streams.AppendReq, streams.AppendResp>): Promise<Append> {
  return new Promise((resolve, reject) => {
    let options: streams.AppendReq.Options | undefined;
    const events: NewEvent[] = [];
    call.on('data', (request: streams.AppendReq) => {
      options ??= request.getOptions();
      const message = request.getProposedMessage();
      if (message !== undefined) events.push(proposed(message));
    });
    call.on('error', reject);
    call.on('end', () => {
      if (options === undefined) return reject(notReady());
      resolve({ stream: streamOf(options.getStreamIdentifier()), expected: expectedOf(options), events });
    });
  });
}

export const streamOf = (identifier: shared.StreamIdentifier | undefined): string =>
  Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8');

function expectedOf(options: streams.AppendReq.Options): Expected {
  if (options.hasRevision()) return Number(options.getRevision());
  if (options.hasNoStream()) return 'no-stream';
  return options.hasAny() ? 'any' : 'stream-exists';
}

export function proposed(
  message: streams.AppendReq.ProposedMessage | streams.BatchAppendReq.ProposedMessage,
): NewEvent {
  const properties = message.getMetadataMap();
  return {
    id: message.getId()?.getString() ?? '',
    type: properties.get('type') ?? '',
    contentType: properties.get('content-type') ?? '',
    data: message.getData_asB64(),
    metadata: message.getCustomMetadata_asB64(),
  };
}

function classicAnswer({ expected }: Append, written: Written): streams.AppendResp {
  const answer = new streams.AppendResp();
  if (written.kind === 'success') {
    const position = new streams.AppendResp.Position();
    position.setCommitPosition(String(written.position));
    position.setPreparePosition(String(written.position));
    const success = new streams.AppendResp.Success();
    success.setCurrentRevision(String(written.revision));
    success.setPosition(position);
    return answer.setSuccess(success);
  }
  const wrong = new streams.AppendResp.WrongExpectedVersion();
  // "-1" is no u64: a stream that is missing has a message of its own.
  if (written.current === null) wrong.setCurrentNoStream(new shared.Empty());
  else wrong.setCurrentRevision(String(written.current));
  if (expected === 'no-stream') wrong.setExpectedNoStream(new shared.Empty());
  else if (expected === 'any') wrong.setExpectedAny(new shared.Empty());
  else if (expected === 'stream-exists') wrong.setExpectedStreamExists(new shared.Empty());
  else wrong.setExpectedRevision(String(expected));
  return answer.setWrongExpectedVersion(wrong);
}
