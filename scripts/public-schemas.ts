import { isDeepStrictEqual } from 'node:util';
import type { PublicEventDefinition } from '#contracts/public-events/define-public-event.js';
import { locksOf } from './schema-locks.js';

/*
 * libs/contracts/public-schemas holds the JSON Schema of every public event in every version that partners were ever sent. They read
 * with programs that we cannot change, events that may be a week old: so a version never changes, and the next one only adds fields
 * that are optional.
 */

type Published = Pick<PublicEventDefinition, 'type' | 'version' | 'schema'>;

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly [keyword: string]: unknown;
}

/** What is wrong with the stored schemas, one sentence each that says what to do; `locked` maps file names to texts. */
export function publicComplaints(
  definitions: readonly Published[],
  locked: ReadonlyMap<string, string>,
  regenerate: string,
): string[] {
  const stored = (type: string, version: number) => locked.get(`${type}.v${version}.json`);
  const complaints = [...locksOf(definitions)].flatMap(([file, text], i) => {
    const { type, version } = definitions[i] as Published;
    const before = stored(type, version);
    const now = JSON.parse(text) as JsonSchema;
    const lost = versions(version - 1).filter((v) => stored(type, v) === undefined);
    if (lost.length > 0) return lost.map((v) => `${type}.v${v}.json is missing: take it back from history`);
    const older = stored(type, version - 1);
    const breaks = older === undefined ? [] : incompatibilities(JSON.parse(older), now);
    if (breaks.length > 0)
      return [`${type} version ${version} breaks who reads version ${version - 1}: ${breaks.join('; ')}`];
    if (before === undefined) return [`${file} is missing: run ${regenerate}`];
    if (isDeepStrictEqual(JSON.parse(before), now)) return [];
    const changes = incompatibilities(JSON.parse(before), now);
    return changes.length === 0
      ? [`${type} grew under version ${version}: raise its version to ${version + 1}, then run ${regenerate}`]
      : [`${type} changed under version ${version}, which partners read: ${changes.join('; ')}`];
  });
  const known = new Set(definitions.flatMap(({ type, version }) => versions(version).map((v) => `${type}.v${v}.json`)));
  const foreign = [...locked.keys()].filter((file) => !known.has(file));
  return [...complaints, ...foreign.map((file) => `${file} belongs to no public event: what was published stays`)];
}

const versions = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

/**
 * Why programs made for one of the schemas could not read what the other allows, in both directions: fields go or change, or new ones
 * are required that older events lack. Empty when they can.
 */
function incompatibilities(older: JsonSchema, newer: JsonSchema, at = ''): string[] {
  if (older.items !== undefined && newer.items !== undefined) {
    return [...keywords(older, newer, at), ...incompatibilities(older.items, newer.items, `${at}[]`)];
  }
  if (older.properties === undefined || newer.properties === undefined) {
    return isDeepStrictEqual(older, newer) ? [] : [`${at || 'the whole'} is another type`];
  }
  const added = Object.keys(newer.properties).filter((name) => older.properties?.[name] === undefined);
  const required = added.filter((name) => newer.required?.includes(name));
  const kept = Object.entries(older.properties).flatMap(([name, property]) => {
    const path = at === '' ? name : `${at}.${name}`;
    const now = newer.properties?.[name];
    if (now === undefined) return [`${path} is gone`];
    const wasRequired = older.required?.includes(name) ?? false;
    const isRequired = newer.required?.includes(name) ?? false;
    const presence = wasRequired === isRequired ? [] : [`${path} is ${isRequired ? 'now' : 'no longer'} required`];
    return [...presence, ...incompatibilities(property, now, path)];
  });
  return [
    ...keywords(older, newer, at),
    ...kept,
    ...required.map((name) => `${at ? `${at}.` : ''}${name} is new and required`),
  ];
}

/** Whatever else the two say, but for what is looked at one by one. */
function keywords(older: JsonSchema, newer: JsonSchema, at: string): string[] {
  const rest = ({ properties: _, required: __, items: ___, ...others }: JsonSchema) => others;
  return isDeepStrictEqual(rest(older), rest(newer)) ? [] : [`${at || 'the whole'} allows something else`];
}
