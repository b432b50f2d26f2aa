import Type, { type Static } from 'typebox';

/** Where the store stood after a command; a query with `atLeast` waits until its read model has come that far. */
export const PositionToken = Type.String({
  pattern: '^(0|[1-9][0-9]{0,19})$',
  maxLength: 20,
  description: 'Position in the event store, opaque: hand it to `?atLeast=` to read your own write',
});

export const AtLeastQuery = Type.Object({ atLeast: Type.Optional(PositionToken) }, { additionalProperties: false });
export type AtLeastQuery = Static<typeof AtLeastQuery>;
