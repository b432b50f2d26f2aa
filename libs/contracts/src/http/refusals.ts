import Type, { type Static } from 'typebox';
import { scalarOrNull } from '../null-or.js';
import { IsoTime } from '../time.js';

/** An answer with a problem, as `GET /api/refusals` lists it. */
export const RefusedRequest = Type.Object({
  at: IsoTime,
  status: Type.Integer(),
  code: Type.String({ description: 'As in the problem: lot-closed, unauthenticated, ...' }),
  detail: scalarOrNull(Type.String()),
  method: Type.String(),
  route: scalarOrNull(Type.String({ description: 'The pattern of the address; null for an unknown one' })),
  actor: scalarOrNull(Type.String({ description: 'role:subject; null without a valid credential' })),
  requestId: Type.String(),
});
export type RefusedRequest = Static<typeof RefusedRequest>;

/** The newest refusals of this process, the newest first. */
export const RefusedRequests = Type.Object({ items: Type.Array(RefusedRequest) });
export type RefusedRequests = Static<typeof RefusedRequests>;
