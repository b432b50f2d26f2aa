import Type, { type Static, type TProperties } from 'typebox';

/** Turns the data of version n into the data of version n + 1; pure, and never changed once it has shipped. */
export type Upcaster = (data: unknown) => unknown;

/** One event type of the catalogue: what is stored under its wire name, and how older versions are read. */
export interface EventDefinition<Name extends string = string, P extends TProperties = TProperties> {
  /** Wire name: what stands in the store. Explicit, so that renaming code renames no history. */
  readonly type: Name;
  /** The version that is written today; the first one is 1. */
  readonly version: number;
  /** Which stream the event stands in, for the reader. */
  readonly stream: 'auction' | 'lot' | 'vehicle' | 'key' | 'webhook';
  /** One sentence for docs/events.md: what has happened. */
  readonly meaning: string;
  readonly schema: Type.TObject<P>;
  /** `upcasters[0]` reads version 1, `upcasters[1]` version 2, and so on: always `version - 1` of them. */
  readonly upcasters: readonly Upcaster[];
}

/** Declares an event type. Throws when the upcasters do not reach the written version. */
export function defineEvent<const Name extends string, P extends TProperties>(
  definition: Omit<EventDefinition<Name, P>, 'schema' | 'upcasters' | 'version'> & {
    data: P;
    version?: number;
    upcasters?: readonly Upcaster[];
  },
): EventDefinition<Name, P> {
  const { data, version = 1, upcasters = [], ...rest } = definition;
  if (upcasters.length !== version - 1) {
    throw new Error(`${rest.type}: version ${version} needs ${version - 1} upcasters, not ${upcasters.length}`);
  }
  return { ...rest, version, upcasters, schema: Type.Object(data, { additionalProperties: false }) };
}

/** Brings data that was stored under `version` up to the newest one. Throws for a version that the definition lacks. */
export function toNewest(definition: Omit<EventDefinition, 'schema'>, version: number, data: unknown): unknown {
  if (version === definition.version) return data;
  if (!Number.isInteger(version) || version < 1 || version > definition.version) {
    const known = `this program knows 1 to ${definition.version}`;
    throw new Error(`${definition.type} version ${version} cannot be read: ${known}`);
  }
  return definition.upcasters.slice(version - 1).reduce((older, upcaster) => upcaster(older), data);
}

/** The event as code sees it: its wire name and its data in the newest version. */
export type EventOf<D> =
  D extends EventDefinition<infer Name, infer P>
    ? { readonly type: Name; readonly data: Static<Type.TObject<P>> }
    : never;
