import Type, { type Static } from 'typebox';

/** RFC 9457 `application/problem+json`, with a stable `code`. */
export const Problem = Type.Object(
  {
    type: Type.String({ description: 'A URI reference that names the kind of problem' }),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.String({ description: 'Stable, for programs: lot-closed, validation-failed, ...' }),
    detail: Type.Optional(Type.String()),
    errors: Type.Optional(
      Type.Array(Type.Object({ field: Type.String(), message: Type.String() }), {
        description: 'With validation-failed: what is wrong where',
      }),
    ),
    requestId: Type.Optional(Type.String()),
  },
  { $id: 'Problem', additionalProperties: true, description: 'RFC 9457' },
);
export type Problem = Static<typeof Problem>;
