import { isDeepStrictEqual } from 'node:util';
import type { EventDefinition } from '#contracts/events/define-event.js';

/*
 * libs/contracts/schemas holds the JSON Schema of every event type in every version that was ever written. A version that is
 * locked never changes: stored events rely on it.
 */

type Locked = Pick<EventDefinition, 'type' | 'version'> & { readonly schema: object };

/** File names and their texts; what does not decide whether data is valid (descriptions) is left out. */
export const locksOf = (definitions: readonly Locked[]): Map<string, string> =>
  new Map(definitions.map((definition) => [lockFile(definition.type, definition.version), print(definition.schema)]));

const lockFile = (type: string, version: number): string => `${type}.v${version}.json`;

/**
 * What is wrong with the locks, one sentence each that says what to do; `locked` maps file names to the texts that stand there.
 * `regenerate` is the command that writes the locks of new versions.
 */
export function complaints(
  definitions: readonly Locked[],
  locked: ReadonlyMap<string, string>,
  regenerate: string,
): string[] {
  const newest = [...locksOf(definitions)].flatMap(([file, text], i) => {
    const { type, version } = definitions[i] as Locked;
    const before = locked.get(file);
    if (before === undefined) return [`${file} is missing: run ${regenerate}`];
    return isSame(before, text) ? [] : [changed(type, version, regenerate)];
  });
  const older = definitions.flatMap(({ type, version }) => range(version - 1).map((v) => lockFile(type, v)));
  const lost = older.filter((file) => !locked.has(file));
  const written = new Set([...older, ...locksOf(definitions).keys()]);
  const foreign = [...locked.keys()].filter((file) => !written.has(file));
  return [
    ...newest,
    ...lost.map((file) => `${file} is missing: take it back from history, events of that version may be stored`),
    ...foreign.map((file) => `${file} belongs to no event of the catalogue: a type that was written stays there`),
  ];
}

const changed = (type: string, version: number, regenerate: string): string =>
  `The schema of ${type} changed under version ${version}, which stands in stores. Take the change back, or raise its ` +
  `version to ${version + 1} with an upcaster from ${version} and a sample ${type}.v${version + 1}.json, then run ${regenerate}`;

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

const isSame = (one: string, other: string): boolean => isDeepStrictEqual(JSON.parse(one), JSON.parse(other));

/** As Biome formats it: a list of scalars on one line where it fits. */
function print(schema: object): string {
  const withoutDescriptions = (key: string, value: unknown) =>
    key === 'description' && typeof value === 'string' ? undefined : value;
  const text = JSON.stringify(schema, withoutDescriptions, 2);
  const oneLine = text.replace(/^( *)(.*)\[\n([^[\]{}]*?)\n *\](,?)$/gm, (long, indent, key, items, comma) => {
    const line = `${indent}${key}[${items.trim().replace(/\n\s*/g, ' ')}]${comma}`;
    return line.length <= 120 ? line : long;
  });
  return `${oneLine}\n`;
}
