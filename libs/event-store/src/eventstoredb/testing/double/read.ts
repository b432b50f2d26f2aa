import { randomUUID } from 'node:crypto';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { handleServerStreamingCall, ServerWritableStream } from '@grpc/grpc-js';
import { checkLeader, type Node, streamOf } from './append.js';
import type { LogEvent } from './event-log.js';
import { invalidPosition } from './statuses.js';

/** An answer, or its bytes. */
type Answer = streams.ReadResp | Buffer;
type Call = ServerWritableStream<streams.ReadReq, Answer>;
type Options = streams.ReadReq.Options;

const BACKWARDS = 1;
/** Events that a filtered subscription looks at before it tells how far it is, when the client does not say. */
const WINDOW = 32;
/** The largest number that there is. */
const NOWHERE = 0xffff_ffff_ffff_ffffn;
/** Events whose bytes are kept: all subscriptions are told the same at about the same time. */
const KEPT = 5_000;

/** Reads of a stream or of all streams, and subscriptions to all streams. */
export function read(node: Node): handleServerStreamingCall<streams.ReadReq, Answer> {
  return (call) => {
    const options = call.request.getOptions() as Options;
    const { faults } = node;
    faults.opened();
    call.on('close', () => faults.closed());
    void (async () => {
      await faults.awake();
      checkLeader(node, call);
      if (options.hasSubscription()) {
        faults.calls.subscriptions += 1;
        await subscribe(node, call, options);
      } else {
        faults.calls.reads += 1;
        await readOnce(node, call, options);
      }
      call.end();
    })().catch((error) => call.emit('error', error));
  };
}

/** Waits while the client takes nothing. */
async function send(call: Call, response: Answer): Promise<void> {
  if (call.cancelled || call.write(response)) return;
  await new Promise<void>((resolve) => {
    const go = () => {
      call.off('drain', go);
      call.off('close', go);
      resolve();
    };
    call.on('drain', go);
    call.on('close', go);
  });
}

async function readOnce({ log, faults }: Node, call: Call, options: Options): Promise<void> {
  const backwards = (options.getReadDirection() as number) === BACKWARDS;
  const events = options.hasAll() ? log.events : log.of(streamOf(options.getStream()?.getStreamIdentifier()));
  if (!options.hasAll() && events.length === 0) {
    const missing = new streams.ReadResp.StreamNotFound();
    missing.setStreamIdentifier(options.getStream()?.getStreamIdentifier());
    return send(call, new streams.ReadResp().setStreamNotFound(missing));
  }
  const from = options.hasAll() ? allStart(log, options, backwards) : streamStart(options, events, backwards);
  const wanted = options.hasAll() ? filterOf(options) : () => true;
  const step = backwards ? -1 : 1;
  let left = Number(options.getCount());
  for (let i = from; left > 0 && i >= 0 && i < events.length && !call.cancelled; i += step) {
    const event = events[i] as LogEvent;
    if (!wanted(event)) continue;
    left -= 1;
    await faults.awake();
    await send(call, eventResponse(event));
  }
}

/** Forwards a position is included; backwards it is not. */
function allStart(log: Node['log'], options: Options, backwards: boolean): number {
  const all = options.getAll() as streams.ReadReq.Options.AllOptions;
  if (all.hasEnd()) return backwards ? log.events.length - 1 : log.events.length;
  if (all.hasStart()) return backwards ? -1 : 0;
  const index = indexOf(log, all);
  return backwards ? index - 1 : index;
}

function indexOf(log: Node['log'], all: streams.ReadReq.Options.AllOptions): number {
  const position = BigInt(all.getPosition()?.getCommitPosition() ?? '0');
  const index = log.indexAt(position);
  if (position !== 0n && log.events[index]?.position !== position) throw invalidPosition(position);
  return index;
}

function streamStart(options: Options, events: readonly LogEvent[], backwards: boolean): number {
  const stream = options.getStream() as streams.ReadReq.Options.StreamOptions;
  if (stream.hasEnd()) return backwards ? events.length - 1 : events.length;
  if (stream.hasStart()) return 0;
  const revision = Number(stream.getRevision());
  return backwards ? Math.min(revision, events.length - 1) : revision;
}

async function subscribe({ log, faults }: Node, call: Call, options: Options): Promise<void> {
  const all = options.getAll() as streams.ReadReq.Options.AllOptions;
  const wanted = filterOf(options);
  const checkpoints = new Checkpoints(log, options);
  // A position is excluded.
  let next = all.hasStart() ? 0 : all.hasEnd() ? log.events.length : indexOf(log, all) + 1;
  let wake = () => {};
  const stopListening = log.onCommit(() => wake());
  call.on('close', () => wake());
  const confirmation = new streams.ReadResp.SubscriptionConfirmation();
  confirmation.setSubscriptionId(randomUUID());
  await send(call, new streams.ReadResp().setConfirmation(confirmation));
  while (!call.cancelled && !call.destroyed) {
    await faults.awake();
    const event = log.events[next];
    if (event === undefined && !checkpoints.isLive) {
      await sendIfAny(call, checkpoints.atEnd());
    } else if (event === undefined || faults.lasting.silentSubscriptions) {
      const committed = new Promise<void>((resolve) => {
        wake = resolve;
      });
      await (faults.lasting.silentSubscriptions ? Promise.race([committed, faults.changed()]) : committed);
    } else {
      next += 1;
      if (wanted(event)) await send(call, eventResponse(event));
      await sendIfAny(call, checkpoints.behind(event, wanted(event)));
    }
  }
  stopListening();
}

const sendIfAny = async (call: Call, response: Answer | null): Promise<void> => {
  if (response !== null) await send(call, response);
};

/** What a filtered subscription tells of how far it is: the worst that servers have sent, see main.ts. */
class Checkpoints {
  /** Whether the subscription has come to the end of the log. */
  isLive = false;
  readonly #log: Node['log'];
  readonly #window: number;
  readonly #isFiltered: boolean;
  #isFresh: boolean;
  #looked = 0;

  constructor(log: Node['log'], options: Options) {
    const filter = options.getFilter();
    this.#log = log;
    this.#isFiltered = filter !== undefined;
    this.#window = (filter?.getMax() || WINDOW) * (filter?.getCheckpointintervalmultiplier() || 1);
    this.#isFresh = options.getAll()?.hasStart() ?? false;
  }

  behind({ position }: LogEvent, isSent: boolean): streams.ReadResp | null {
    this.#looked += 1;
    if (isSent) this.#isFresh = false;
    return this.#looked % this.#window === 0 ? this.#at(position, position) : null;
  }

  atEnd(): streams.ReadResp | null {
    this.isLive = true;
    const isYoung = this.#isFresh && this.#looked < this.#window;
    return isYoung ? this.#at(NOWHERE, NOWHERE) : this.#at(this.#log.end, 0n);
  }

  #at(commit: bigint, prepare: bigint): streams.ReadResp | null {
    if (!this.#isFiltered) return null;
    const checkpoint = new streams.ReadResp.Checkpoint();
    checkpoint.setCommitPosition(String(commit));
    return new streams.ReadResp().setCheckpoint(checkpoint.setPreparePosition(String(prepare)));
  }
}

function filterOf(options: Options): (event: LogEvent) => boolean {
  const filter = options.getFilter();
  if (filter === undefined) return () => true;
  const byType = filter.hasEventType();
  const expression = (
    byType ? filter.getEventType() : filter.getStreamIdentifier()
  ) as streams.ReadReq.Options.FilterOptions.Expression;
  const [prefixes, regex] = [expression.getPrefixList(), expression.getRegex()];
  const pattern = regex === '' ? null : new RegExp(regex);
  const matches = (text: string) => pattern?.test(text) ?? prefixes.some((prefix) => text.startsWith(prefix));
  return ({ type, stream }) => matches(byType ? type : stream);
}

export const serializeAnswer = (answer: Answer): Buffer =>
  Buffer.isBuffer(answer) ? answer : Buffer.from(answer.serializeBinary());

const kept = new Map<LogEvent, Buffer>();

function eventResponse(event: LogEvent): Buffer {
  const known = kept.get(event);
  if (known !== undefined) return known;
  if (kept.size >= KEPT) kept.clear();
  const bytes = serializeAnswer(responseOf(event));
  kept.set(event, bytes);
  return bytes;
}

function responseOf(event: LogEvent): streams.ReadResp {
  const id = new shared.UUID();
  const identifier = new shared.StreamIdentifier();
  const recorded = new streams.ReadResp.ReadEvent.RecordedEvent();
  recorded.setId(id.setString(event.id));
  recorded.setStreamIdentifier(identifier.setStreamName(Buffer.from(event.stream, 'utf8').toString('base64')));
  recorded.setStreamRevision(String(event.revision));
  recorded.setCommitPosition(String(event.position));
  recorded.setPreparePosition(String(event.position));
  recorded.setData(event.data);
  recorded.setCustomMetadata(event.metadata);
  const properties = recorded.getMetadataMap();
  properties.set('type', event.type);
  properties.set('content-type', event.contentType);
  properties.set('created', event.created);
  const resolved = new streams.ReadResp.ReadEvent();
  resolved.setEvent(recorded);
  return new streams.ReadResp().setEvent(resolved.setCommitPosition(String(event.position)));
}
