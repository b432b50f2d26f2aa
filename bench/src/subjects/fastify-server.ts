import { fastify } from 'fastify';
import Type from 'typebox';
import { BidAnswer, LotParams } from '#contracts/http/lots.js';
import { Problem } from '#contracts/http/problem.js';

/*
 * What HTTP alone costs in this runtime: Fastify parses the same request as Gavel and answers as many bytes by the same response
 * schema, but nothing is checked, decided or stored.
 */

const ID = '019a0000-0000-7000-8000-000000000001';
const constant: BidAnswer = {
  bidId: ID,
  lotId: ID,
  auctionId: ID,
  amount: 123_456,
  sequence: 100_000,
  outcome: 'leading',
  isCurrentlyHighest: true,
  currentHighestBid: 123_456,
  minimumNextBid: 124_456,
  position: '1000000',
};

const server = fastify();
server.post(
  '/api/lots/:lotId/bids',
  { schema: { params: Type.Object(LotParams.properties), response: { 201: BidAnswer } } },
  async (_, reply) => {
    reply.status(201);
    return constant;
  },
);
const soldOut: Problem = {
  type: 'urn:gavel:problem:sold-out',
  title: 'Conflict',
  status: 409,
  code: 'sold-out',
  detail: 'Every unit is sold.',
  requestId: 'a1b2c3d4-abcdef',
};
server.post(
  '/api/lots/:lotId/purchases',
  { schema: { params: Type.Object(LotParams.properties), response: { 409: Problem } } },
  async (_, reply) => {
    reply.status(409);
    return soldOut;
  },
);
console.log(await server.listen({ host: '127.0.0.1', port: 0 }));
