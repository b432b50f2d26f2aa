import http2, { type ServerHttp2Session } from 'node:http2';
import { parseArgs } from 'node:util';
import gossip from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { classicAppend, type Node } from './append.js';
import { batchAppend } from './batch-append.js';
import { members, supportedMethods } from './discovery.js';
import { EventLog } from './event-log.js';
import { Faults, type Member, type Order } from './faults.js';
import { read, serializeAnswer } from './read.js';

/*
 * A double of EventStoreDB's Streams service in a process of its own: `--port`, `--data <file>` to keep the events,
 * `--sync` to have them on the disk before an answer. Prints its connection string.
 *
 * It is built on the message and service definitions of the official client, so what goes over the wire is what a real server
 * sends. What it does behind the wire is what its authors believe of a server; where the belief is not certain:
 * - A position that is no event's: here INVALID_ARGUMENT. Servers of different lines answer differently; Gavel only ever
 *   sends positions that it was given.
 * - Checkpoints of a filtered subscription are the worst that servers have sent: at the end of the log one with the position at
 *   which the next event will begin (25.0.0), or the largest number there is where nothing was found in a young log (24.10.0 to
 *   24.10.4). Gavel takes none for anything. There are no CaughtUp messages.
 * - Backwards, a position is taken here as excluded. Gavel skips what it has seen, either way.
 * - The position of an append of several events: here that of its last one. Gavel is told what it wrote, or reads it back.
 * - Positions on reads of a stream: given, as by servers since 22.6. Gavel refuses to work with older ones.
 * - An append is answered when it is in the file. No replication, no leader election: `leader` only refuses calls.
 */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '2113' },
    data: { type: 'string' },
    sync: { type: 'boolean', default: false },
  },
});

const sessions = new Set<ServerHttp2Session>();
watchConnections();

const faults = new Faults();
const log = new EventLog({ file: values.data, sync: values.sync });
const node: Node = {
  log,
  faults,
  cutConnections: () => {
    for (const session of sessions) session.destroy();
  },
};
let cluster: readonly Member[] = [];

const server = new Server({
  'grpc.max_concurrent_streams': 100,
  'grpc.max_receive_message_length': 17 * 1_048_576,
});
const service = {
  ...streams.StreamsService,
  read: { ...streams.StreamsService.read, responseSerialize: serializeAnswer },
};
server.addService(service as never, {
  append: classicAppend(node),
  batchAppend: batchAppend(node),
  read: read(node),
});
server.addService(features.ServerFeaturesService as never, { getSupportedMethods: supportedMethods });
server.addService(gossip.GossipService as never, { read: members(() => cluster) });

server.bindAsync(`127.0.0.1:${values.port}`, ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) {
    console.error(error.message);
    process.exit(1);
  }
  cluster = [{ host: '127.0.0.1', port, state: 'leader' }];
  console.log(`esdb://127.0.0.1:${port}?tls=false`);
  process.send?.({ port });
});

process.on('message', ({ number, ...order }: Order & { number: number }) => {
  obey(order as Order);
  process.send?.({ number, calls: faults.calls });
});
process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', () => process.exit(0));

function obey(order: Order): void {
  if (order.order === 'plan') faults.plan(order.faults);
  if (order.order === 'set') faults.set(order.faults);
  if (order.order === 'forget-ids') log.forgetIds();
  if (order.order === 'reset') faults.reset();
  if (order.order === 'cut') node.cutConnections();
  if (order.order === 'members') cluster = order.members;
}

/** The gRPC server keeps its connections to itself; they are found where it makes its HTTP/2 server. */
function watchConnections(): void {
  const create = http2.createServer;
  http2.createServer = ((...args: Parameters<typeof create>) => {
    const made = create(...args);
    made.on('session', (session) => {
      sessions.add(session);
      session.on('close', () => sessions.delete(session));
    });
    return made;
  }) as typeof create;
}
