import type { PublicEvent } from '#contracts/public-events/public-catalogue.js';

/** How public events become the values of records. */
export interface EventFormat {
  /** Of every value: the header `content-type`. */
  readonly contentType: string;
  /** Before the first `encode`. Throws SchemaRefused when no repeat would help, and anything else when one may. */
  prepare(): Promise<void>;
  encode(event: PublicEvent): string | Buffer;
}

export const jsonFormat: EventFormat = {
  contentType: 'application/json',
  prepare: async () => {},
  encode: (event) => JSON.stringify(event),
};
