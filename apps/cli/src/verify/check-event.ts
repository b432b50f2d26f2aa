import { Compile } from 'typebox/compile';
import { catalogue } from '#contracts/events/catalogue.js';
import type { EventDefinition } from '#contracts/events/define-event.js';
import { auctionStream, keyStream, lotStream, vehicleStream, webhookStream } from '#contracts/ids.js';
import type { RecordedEvent } from '#event-store/event-store.js';
import { kindOf } from '../streams/fold.js';

const checks = new Map(
  (catalogue as unknown as readonly EventDefinition[]).map(({ type, stream, schema }) => [
    type,
    { stream, schema: Compile(schema) },
  ]),
);

/** What is wrong with a stored event by itself; null when nothing is. */
export function faultOf({ type, stream, data }: RecordedEvent): string | null {
  const check = checks.get(type);
  if (check === undefined) return `type ${type} is not in the catalogue`;
  const kind = kindOf(stream);
  if (kind === null) return 'no stream of Gavel has this name';
  if (check.stream !== kind) return `${type} belongs in a stream of kind ${check.stream}`;
  if (!check.schema.Check(data)) {
    const [error] = check.schema.Errors(data);
    return `${type} is not as the catalogue says: ${error?.instancePath || 'data'} ${error?.message}`;
  }
  const owner = streamOf[kind](data as Ids);
  return owner === stream ? null : `${type} is of ${owner}`;
}

type Ids = Record<'auctionId' | 'lotId' | 'vin' | 'keyId' | 'webhookId', string>;

const streamOf = {
  auction: ({ auctionId }: Ids) => auctionStream(auctionId),
  lot: ({ lotId }: Ids) => lotStream(lotId),
  vehicle: ({ vin }: Ids) => vehicleStream(vin),
  key: ({ keyId }: Ids) => keyStream(keyId),
  webhook: ({ webhookId }: Ids) => webhookStream(webhookId),
};
