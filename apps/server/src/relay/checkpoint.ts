import type { Position } from '#event-store/event-store.js';

/** The last event that is in the topic. */
export interface Checkpoint {
  readonly position: Position;
  /** Null in a checkpoint of before ids were written. */
  readonly eventId: string | null;
}

/** `<position> <eventId>`. */
export const checkpointText = (position: Position, eventId: string): string => `${position} ${eventId}`;

export function checkpointIn(text: string): Checkpoint {
  const [position = text, eventId = null] = text.split(' ');
  return { position, eventId };
}
