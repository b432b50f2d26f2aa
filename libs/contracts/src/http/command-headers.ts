import Type from 'typebox';

/** What every command may say about itself; other headers are none of its business. */
export const CommandHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      pattern: '^[!-~]{1,200}$',
      description: 'The same key and body get the same answer, however often; another body under it is refused (422)',
    }),
  ),
  'if-match': Type.Optional(
    Type.String({
      pattern: '^([*]|(W/)?"(0|[1-9][0-9]{0,14})")$',
      description: 'The ETag of the resource as the caller knows it; refused (412) when it has changed since',
    }),
  ),
});
