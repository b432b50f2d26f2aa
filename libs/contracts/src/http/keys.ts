import Type, { type Static } from 'typebox';
import { Role } from '../events/key-events.js';
import { Id, Subject } from '../ids.js';

export const KeyParams = Type.Object({ keyId: Id('The API key') }, { additionalProperties: false });
export type KeyParams = Static<typeof KeyParams>;

/** `POST /api/keys` */
export const IssueKeyBody = Type.Object({ role: Role, subject: Subject }, { additionalProperties: false });
export type IssueKeyBody = Static<typeof IssueKeyBody>;

export const IssuedKey = Type.Object({
  keyId: Id('The API key'),
  key: Type.String({ description: 'Shown this once: only a digest is kept' }),
  role: Role,
  subject: Subject,
});
export type IssuedKey = Static<typeof IssuedKey>;
