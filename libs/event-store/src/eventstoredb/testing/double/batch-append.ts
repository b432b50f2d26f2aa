import shared from '@eventstore/db-client/generated/shared_pb.js';
import statuses from '@eventstore/db-client/generated/status_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { handleBidiStreamingCall } from '@grpc/grpc-js';
import any from 'google-protobuf/google/protobuf/any_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import { append, checkLeader, type Node, proposed, streamOf } from './append.js';
import type { Expected, NewEvent, Written } from './event-log.js';

interface Waiting {
  readonly options: streams.BatchAppendReq.Options;
  readonly events: NewEvent[];
}

/** The batch path: one call for all the appends of a client. */
export function batchAppend(node: Node): handleBidiStreamingCall<streams.BatchAppendReq, streams.BatchAppendResp> {
  return (call) => {
    const waiting = new Map<string, Waiting>();
    call.on('data', (request: streams.BatchAppendReq) => {
      const correlation = request.getCorrelationId()?.getString() ?? '';
      const options = request.getOptions();
      if (options !== undefined) waiting.set(correlation, { options, events: [] });
      const pending = waiting.get(correlation);
      if (pending === undefined) return;
      pending.events.push(...request.getProposedMessagesList().map(proposed));
      if (!request.getIsFinal()) return;
      waiting.delete(correlation);
      node.faults.calls.batchAppends += 1;
      void answer(pending).then(
        (response) => call.write(response.setCorrelationId(request.getCorrelationId())),
        (error) => call.emit('error', error),
      );
    });
    call.on('end', () => call.end());

    async function answer({ options, events }: Waiting): Promise<streams.BatchAppendResp> {
      await node.faults.awake();
      checkLeader(node, call);
      const expected = expectedOf(options);
      node.faults.calls.expected = expected;
      const stream = streamOf(options.getStreamIdentifier());
      const written = await append(node, { stream, expected, events });
      return batchAnswer(written, expected).setStreamIdentifier(options.getStreamIdentifier());
    }
  };
}

function expectedOf(options: streams.BatchAppendReq.Options): Expected {
  if (options.hasStreamPosition()) return Number(options.getStreamPosition());
  if (options.hasNoStream()) return 'no-stream';
  return options.hasAny() ? 'any' : 'stream-exists';
}

function batchAnswer(written: Written, expected: Expected): streams.BatchAppendResp {
  const answer = new streams.BatchAppendResp();
  if (written.kind === 'success') {
    const position = new shared.AllStreamPosition();
    position.setCommitPosition(String(written.position));
    position.setPreparePosition(String(written.position));
    const success = new streams.BatchAppendResp.Success();
    success.setCurrentRevision(String(written.revision));
    return answer.setSuccess(success.setPosition(position));
  }
  const wrong = new shared.WrongExpectedVersion();
  if (written.current === null) wrong.setCurrentNoStream(new empty.Empty());
  else wrong.setCurrentStreamRevision(String(written.current));
  if (typeof expected === 'number') wrong.setExpectedStreamPosition(String(expected));
  else wrong.setExpectedNoStream(new empty.Empty());
  const details = new any.Any();
  details.pack(wrong.serializeBinary(), 'event_store.client.WrongExpectedVersion');
  const status = new statuses.Status();
  status.setMessage('Wrong expected version');
  return answer.setError(status.setDetails(details));
}
