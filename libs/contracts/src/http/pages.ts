import Type, { type Static, type TSchema } from 'typebox';

export const MAX_PAGE = 1_000;
export const DEFAULT_PAGE = 100;

/** Query of a list: `limit` at most 1000, `cursor` as the page before gave it. */
export const PageQuery = Type.Object(
  {
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_PAGE, default: DEFAULT_PAGE })),
    cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  },
  { additionalProperties: false },
);
export type PageQuery = Static<typeof PageQuery>;

/** A page of a list; `nextCursor` is null on the last one. */
export const PageOf = <T extends TSchema>(item: T) =>
  Type.Object({ items: Type.Array(item), nextCursor: Type.Unsafe<string | null>({ type: ['string', 'null'] }) });
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}
