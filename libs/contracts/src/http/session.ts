import Type, { type Static } from 'typebox';
import { Role } from '../events/key-events.js';
import { Subject } from '../ids.js';
import { IsoTime } from '../time.js';

/** `GET /api/me`: who the credential says that the caller is. */
export const Me = Type.Object({ role: Role, subject: Subject });
export type Me = Static<typeof Me>;

/** `GET /api/time`: by this clock lots close; a page counts down by it and not by its own. */
export const ServerTime = Type.Object({ serverTime: IsoTime });
export type ServerTime = Static<typeof ServerTime>;
