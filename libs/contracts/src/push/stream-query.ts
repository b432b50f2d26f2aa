import Type, { type Static } from 'typebox';
import { PositionToken } from '../http/position.js';
import { ID_PATTERN } from '../ids.js';

const id = ID_PATTERN.slice(1, -1);
const ids = (description: string) =>
  Type.String({ pattern: `^${id}(,${id})*$`, maxLength: 12_000, description: `${description}, with commas` });

/** `GET /api/stream` */
export const StreamQuery = Type.Object(
  {
    lots: Type.Optional(ids('Ids of lots')),
    auctions: Type.Optional(ids('Ids of auctions, each with all its lots')),
    all: Type.Optional(Type.Boolean({ description: 'Everything; for auctioneers and admins' })),
    after: Type.Optional(PositionToken),
  },
  { additionalProperties: false },
);
export type StreamQuery = Static<typeof StreamQuery>;
