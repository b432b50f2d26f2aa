import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { LotResult, Stagger } from '#contracts/events/auction-events.js';
import { catalogue } from '#contracts/events/catalogue.js';
import type { EventDefinition } from '#contracts/events/define-event.js';
import { publicDefinitions } from '#contracts/public-events/public-catalogue.js';
import { BuyNow, IncrementBand, LotOffer, LotTerms, SoftClose, Vehicle } from '#contracts/terms.js';
import { avroComplaints, avroLocksOf } from './avro-schemas.js';
import { eventsDoc, type Shape } from './events-doc.js';
import { publicComplaints } from './public-schemas.js';
import { complaints, locksOf } from './schema-locks.js';

/*
 * `node dist/scripts/generate-events-doc.js` writes docs/events.md and the schema locks of new event versions;
 * with `--check` it writes nothing and fails when either is stale.
 */

const command = 'npm run docs';
const repository = new URL('../../', import.meta.url);
const docFile = 'docs/events.md';
const lockFolder = 'libs/contracts/schemas/';
const publicFolder = 'libs/contracts/public-schemas/';
const avroFolder = 'libs/contracts/avro-schemas/';

const definitions = catalogue as unknown as readonly EventDefinition[];
const shapes: readonly Shape[] = [
  { name: 'LotTerms', meaning: "Everything that decides a lot's outcome.", schema: LotTerms },
  { name: 'LotOffer', meaning: "A lot as it is offered; `closesAt` null takes the auction's.", schema: LotOffer },
  { name: 'IncrementBand', meaning: 'The step from a visible price on, up to the next band.', schema: IncrementBand },
  { name: 'SoftClose', meaning: 'When a bid moves the end, and how far (rule S2).', schema: SoftClose },
  { name: 'BuyNow', meaning: 'Units at a fixed price.', schema: BuyNow },
  { name: 'Vehicle', meaning: 'The vehicle that is the lot.', schema: Vehicle },
  { name: 'Stagger', meaning: 'Lots close one after the other (rule S4).', schema: Stagger },
  { name: 'LotResult', meaning: 'How a lot ended.', schema: LotResult },
];

/** What is stale, one sentence each; empty when everything is as the catalogue says. */
export function stale(root: URL): string[] {
  const isCurrent = readFileSync(new URL(docFile, root), 'utf8') === eventsDoc(definitions, shapes);
  const doc = isCurrent ? [] : [`${docFile} is not what the catalogue says: run ${command}`];
  return [
    ...doc,
    ...complaints(definitions, lockedTexts(root, lockFolder), command),
    ...publicComplaints(publicDefinitions, lockedTexts(root, publicFolder), command),
    ...avroComplaints(publicDefinitions, lockedTexts(root, avroFolder), command),
  ];
}

function lockedTexts(root: URL, path: string): Map<string, string> {
  const folder = new URL(path, root);
  return new Map(readdirSync(folder).map((file) => [file, readFileSync(new URL(file, folder), 'utf8')]));
}

/** Never overwrites a lock: that a version changed is for its author to mend. */
export function write(root: URL): void {
  writeFileSync(new URL(docFile, root), eventsDoc(definitions, shapes));
  for (const [folder, locks] of [
    [lockFolder, locksOf(definitions)],
    [publicFolder, locksOf(publicDefinitions)],
    [avroFolder, avroLocksOf(publicDefinitions)],
  ] as const) {
    const locked = lockedTexts(root, folder);
    for (const [file, text] of locks) {
      if (!locked.has(file)) writeFileSync(new URL(folder + file, root), text);
    }
  }
}

function main(args: readonly string[]): void {
  if (!args.includes('--check')) write(repository);
  const sentences = stale(repository);
  for (const sentence of sentences) console.error(sentence);
  process.exitCode = sentences.length === 0 ? 0 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main(process.argv.slice(2));
