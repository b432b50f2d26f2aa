import { uuidV5 } from '#platform/uuid.js';

/** Id of the event at `index` of what the command appends to the stream: UUID v5, the same for every repeat. */
export const eventId = (stream: string, commandId: string, index: number): string =>
  uuidV5(`${stream}/${commandId}/${index}`);

/** Id of a command that follows from something with an id of its own (a request under a key, an event): UUID v5. */
export const derivedId = (...parts: readonly string[]): string => uuidV5(parts.join('/'));
