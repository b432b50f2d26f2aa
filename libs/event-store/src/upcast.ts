import { upcast } from '#contracts/events/catalogue.js';

/** Brings data that was stored under `version` to the newest one. Throws for a type or version that the program lacks. */
export type Upcast = (type: string, version: number, data: unknown) => { readonly data: object };

export const catalogueUpcast: Upcast = upcast;
