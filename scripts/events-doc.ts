import type { EventDefinition } from '#contracts/events/define-event.js';
import { Subject } from '#contracts/ids.js';
import { MAX_AMOUNT } from '#contracts/max-amount.js';
import { Money, PositiveMoney } from '#contracts/money.js';
import { EpochMs } from '#contracts/time.js';

/** The part of JSON Schema that the catalogue uses. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
}

/** A shape that several events share, described once. */
export interface Shape {
  readonly name: string;
  readonly meaning: string;
  readonly schema: object;
}

/** Kinds of plain values that the conventions describe, by the name that stands in the tables. */
const kinds: Readonly<Record<string, object>> = {
  time: EpochMs,
  money: Money,
  'money, at least 1': PositiveMoney,
  subject: Subject,
};

const streams: Record<EventDefinition['stream'], string> = {
  auction: '`auction-{auctionId}`: an auction',
  lot: '`lot-{lotId}`: a lot',
  vehicle: '`vehicle-{vin}`: a vehicle',
  key: '`key-{keyId}`: an API key',
  webhook: '`webhook-{webhookId}`: a webhook subscription',
};

const conventions = `- One command is one append to one stream, committed as a whole at the exact revision that was decided on.
- **Event id**: UUID version 5 of (stream, commandId, index in the append), so that a repeat of the same append is recognised.
- **Ids** of auctions, lots, bids, purchases and keys: UUID version 7, or version 5 where derived from a command; lower case.
- **Time**: an integer, milliseconds since 1970-01-01T00:00Z, under names that end in \`At\`.
- **Money**: an integer in the minor unit of the auction's currency (ISO 4217): 17750 is 177.50; at most ${MAX_AMOUNT}.
- **Subject**: who acts, the subject of a credential: letters, digits and \`. _ @ : + -\`, at most 128 characters.
- **Metadata** of every event, beside its data: \`commandId\` (the command that caused it), \`correlationId\` (the outermost
  request), \`causationId\` (what caused the command: a request or an event), \`actor\` (\`role:subject\`, or \`system\`),
  and where there are any \`requestDigest\` (of the body under an idempotency key) and \`traceparent\` (W3C).
- **Versions**: the schema of a version never changes (\`libs/contracts/schemas\`); older data is brought up to the newest version
  when it is read. \`libs/contracts/samples\` has stored data of every version.
- These are the stored events. Partners see a public view of them: no hidden maxima, no reserves, aliases for people.`;

/** docs/events.md. Throws when a field of an event says nothing about itself. */
export function eventsDoc(definitions: readonly EventDefinition[], shapes: readonly Shape[]): string {
  const sections = (Object.keys(streams) as EventDefinition['stream'][]).flatMap((stream) => {
    const events = definitions.filter((definition) => definition.stream === stream);
    return [`## ${streams[stream]}`, ...events.map((event) => eventSection(event, shapes))];
  });
  const shared = shapes.map(
    ({ name, meaning, schema }) => `### ${name}\n\n${meaning}\n\n${table(schema, shapes, name)}`,
  );
  const parts = [
    '# Events',
    'Written by `scripts/generate-events-doc.ts` from the catalogue in `libs/contracts/src/events`: change it there.',
    `## Conventions\n\n${conventions}`,
    ...sections,
    '## Shared shapes',
    ...shared,
  ];
  return `${parts.join('\n\n')}\n`;
}

const eventSection = ({ type, version, meaning, schema }: EventDefinition, shapes: readonly Shape[]): string =>
  `### ${type}\n\nVersion ${version}. ${meaning}\n\n${table(schema, shapes, type)}`;

function table(schema: Schema, shapes: readonly Shape[], name: string): string {
  const rows = Object.entries(schema.properties ?? {}).map(([field, value]) => {
    const optional = schema.required?.includes(field) ? '' : ', optional';
    const meaning = meaningOf(value, shapes);
    if (meaning === undefined) throw new Error(`${name}.${field} has no description: give its schema one`);
    return `| \`${field}\` | ${typeOf(value, shapes)}${optional} | ${meaning} |`;
  });
  return ['| field | type | meaning |', '|---|---|---|', ...rows].join('\n');
}

const shapeOf = (schema: Schema, shapes: readonly Shape[]): Shape | undefined =>
  shapes.find((shape) => isSame(shape.schema, schema));

const isSame = (one: object, other: object): boolean => JSON.stringify(one) === JSON.stringify(other);

const isNull = ({ type }: Schema): boolean => type === 'null';

/** The field's own description; a shape or a list of shapes speaks for itself. */
function meaningOf(schema: Schema, shapes: readonly Shape[]): string | undefined {
  const shape = shapeOf(schema, shapes);
  if (shape !== undefined) return shape.meaning;
  if (schema.description !== undefined) return schema.description;
  const [inner] = schema.anyOf?.filter((option) => !isNull(option)) ?? (schema.items ? [schema.items] : []);
  return inner && meaningOf(inner, shapes);
}

function typeOf(schema: Schema, shapes: readonly Shape[]): string {
  const shape = shapeOf(schema, shapes);
  if (shape !== undefined) return `[${shape.name}](#${shape.name.toLowerCase()})`;
  const kind = Object.entries(kinds).find(([, plain]) => isSame(plain, schema));
  if (kind !== undefined) return kind[0];
  if (schema.anyOf !== undefined) {
    return schema.anyOf.map((option) => (isNull(option) ? 'null' : typeOf(option, shapes))).join(' or ');
  }
  if (Array.isArray(schema.type)) {
    return schema.type.map((type) => (type === 'null' ? type : typeOf({ ...schema, type }, shapes))).join(' or ');
  }
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${value}\``).join(', ');
  if (schema.type === 'array') return `list of ${typeOf(schema.items ?? {}, shapes)}`;
  if (schema.type === 'integer') return integer(schema);
  if (schema.type === 'string') return text(schema);
  return String(schema.type);
}

function integer({ minimum, maximum }: Schema): string {
  if (minimum === undefined) return 'integer';
  return maximum === undefined ? `integer, from ${minimum}` : `integer, ${minimum} to ${maximum}`;
}

function text({ pattern, minLength, maxLength }: Schema): string {
  if (pattern?.includes('-[57]')) return 'UUID';
  if (minLength !== undefined && minLength === maxLength) return `text of ${minLength} characters`;
  return maxLength === undefined ? 'text' : `text, at most ${maxLength} characters`;
}
