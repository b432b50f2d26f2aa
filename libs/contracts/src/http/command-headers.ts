import Type from 'typebox';

const TAG = '(W/)?"[!#-~\\x80-\\xff]*"';
/** A list of tags, weak ones and empty places included (RFC 9110, 5.6.1 and 8.8.3). */
export const ENTITY_TAGS = `^([*]|[ \\t,]*${TAG}([ \\t]*,[ \\t,]*${TAG})*[ \\t,]*)$`;

const IdempotencyKey = {
  'idempotency-key': Type.Optional(
    Type.String({
      pattern: '^[!-~]{1,200}$',
      description: 'The same key and body get the same answer, however often; another body under it is refused (422)',
    }),
  ),
};

/** What a command that makes a resource may say about itself; other headers are none of its business. */
export const CreationHeaders = Type.Object(IdempotencyKey);

/** The same of a command on what there is. */
export const CommandHeaders = Type.Object({
  ...IdempotencyKey,
  'if-match': Type.Optional(
    Type.String({
      pattern: ENTITY_TAGS,
      description:
        'The ETag of the resource as the caller knows it, or several; refused (412) when it has none of them now',
    }),
  ),
});

/** Of a resource that commands may name by `If-Match`. */
export const ETag = Type.String({ description: 'The revision of the resource, for `If-Match`' });
