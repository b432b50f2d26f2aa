import { randomUUID } from 'node:crypto';
import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import type { handleUnaryCall } from '@grpc/grpc-js';
import type { Member } from './faults.js';

const METHODS = ['append', 'batchappend', 'read', 'delete', 'tombstone'];

/** The methods that a client may use: names in lower case. */
export const supportedMethods: handleUnaryCall<shared.Empty, features.SupportedMethods> = (_call, answer) => {
  const methods = METHODS.map((name) => {
    const method = new features.SupportedMethod();
    return method.setServiceName('event_store.client.streams.streams').setMethodName(name);
  });
  const supported = new features.SupportedMethods();
  answer(null, supported.setMethodsList(methods).setEventStoreServerVersion('26.2.0.0'));
};

const { VNodeState } = gossip.MemberInfo;

/** The cluster as this node sees it. */
export function members(of: () => readonly Member[]): handleUnaryCall<shared.Empty, gossip.ClusterInfo> {
  return (_call, answer) => {
    const infos = of().map(({ host, port, state }) => {
      const endpoint = new gossip.EndPoint();
      const id = new shared.UUID();
      const info = new gossip.MemberInfo();
      info.setInstanceId(id.setString(randomUUID()));
      info.setTimeStamp(String(Date.now()));
      info.setState(state === 'leader' ? VNodeState.LEADER : VNodeState.FOLLOWER);
      return info.setIsAlive(true).setHttpEndPoint(endpoint.setAddress(host).setPort(port));
    });
    answer(null, new gossip.ClusterInfo().setMembersList(infos));
  };
}
