import { isDeepStrictEqual } from 'node:util';
import avro from 'avsc';
import { avroSchemaOf } from '#contracts/public-events/avro-schema.js';
import type { PublicEventDefinition } from '#contracts/public-events/define-public-event.js';
import { locksOf } from './schema-locks.js';

/*
 * libs/contracts/avro-schemas holds the Avro schema of every public event in every version that was ever registered. Topics keep
 * events of older versions, and partners read with older schemas: so each of them must read the newest, and the newest each of them.
 */

type Published = Pick<PublicEventDefinition, 'type' | 'version' | 'schema'>;

/** File names and their texts. */
export const avroLocksOf = (definitions: readonly Published[]): Map<string, string> => {
  const schemas = definitions.map((event) => ({ ...event, schema: avroSchemaOf(event) }));
  return new Map([...locksOf(schemas)].map(([file, text]) => [file.replace(/json$/, 'avsc'), text]));
};

/** What is wrong with the stored schemas, one sentence each that says what to do; `locked` maps file names to texts. */
export function avroComplaints(
  definitions: readonly Published[],
  locked: ReadonlyMap<string, string>,
  regenerate: string,
): string[] {
  const newest = [...avroLocksOf(definitions)];
  const complaints = newest.flatMap(([file, text], i) => {
    const { type, version } = definitions[i] as Published;
    const before = locked.get(file);
    if (before === undefined) return [`${file} is missing: run ${regenerate}`];
    if (isDeepStrictEqual(JSON.parse(before), JSON.parse(text))) return [];
    return [`The Avro schema of ${type} changed under version ${version}: raise it, then run ${regenerate}`];
  });
  const older = newest.flatMap(([, text], i) => {
    const { type, version } = definitions[i] as Published;
    return Array.from({ length: version - 1 }, (_, v) => [`${type}.v${v + 1}.avsc`, text] as const);
  });
  const breaks = older.flatMap(([file, text]) => {
    const before = locked.get(file);
    if (before === undefined) return [`${file} is missing: take it back from history`];
    return [
      ...unreadable(file, before, 'the newest version', text),
      ...unreadable('the newest version', text, file, before),
    ];
  });
  const known = new Set([...newest, ...older].map(([file]) => file));
  const foreign = [...locked.keys()].filter((file) => !known.has(file));
  return [
    ...complaints,
    ...breaks,
    ...foreign.map((file) => `${file} belongs to no public event: what was published stays`),
  ];
}

/** Why who has the schema `reader` cannot read what was written by the other one; empty when it can. */
function unreadable(reader: string, readerText: string, writer: string, writerText: string): string[] {
  const [reads, writes] = [readerText, writerText].map((text) => avro.Type.forSchema(JSON.parse(text)));
  try {
    (reads as avro.Type).createResolver(writes as avro.Type);
    return [];
  } catch (error) {
    return [`${reader} cannot read what ${writer} writes: ${(error as Error).message}`];
  }
}
