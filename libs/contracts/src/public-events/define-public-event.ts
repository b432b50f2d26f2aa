import Type, { type Static, type TProperties } from 'typebox';
import { AuctionId, Id } from '../ids.js';
import { IsoTime } from '../time.js';

/** One event type that partners see. */
export interface PublicEventDefinition<Name extends string = string, P extends TProperties = TProperties> {
  /** Name on the wire: `eventType`, `ce_type`. */
  readonly type: Name;
  /** Rises when the payload grows; every version can be read by whoever knows an older one (schema-compatibility.ts). */
  readonly version: number;
  /** One sentence: what has happened. */
  readonly meaning: string;
  readonly payload: Type.TObject<P>;
  /** The whole envelope. */
  readonly schema: ReturnType<typeof envelopeOf<Name, P>>;
}

/** Other fields may come: whoever reads ignores those that it does not know. */
const envelopeOf = <Name extends string, P extends TProperties>(type: Name, payload: Type.TObject<P>) =>
  Type.Object({
    eventId: Id(
      'The same in the event store, Kafka, webhooks, the feed and the push: what was seen twice has it twice',
    ),
    eventType: Type.Literal(type),
    auctionId: AuctionId,
    timestamp: { ...IsoTime, description: 'When the event was stored; ISO 8601, UTC' } as typeof IsoTime,
    payload,
  });

/** Declares a type of public event. */
export function definePublicEvent<const Name extends string, P extends TProperties>(definition: {
  readonly type: Name;
  readonly meaning: string;
  readonly payload: P;
  readonly version?: number;
}): PublicEventDefinition<Name, P> {
  const { type, meaning, version = 1 } = definition;
  const payload = Type.Object(definition.payload);
  return { type, version, meaning, payload, schema: envelopeOf(type, payload) };
}

/** The envelope as code sees it. */
export type PublicEventOf<D> =
  D extends PublicEventDefinition<infer Name, infer P>
    ? {
        readonly eventId: string;
        readonly eventType: Name;
        readonly auctionId: string;
        readonly timestamp: string;
        readonly payload: Static<Type.TObject<P>>;
      }
    : never;
