/** Where partners find the events on Kafka. */
export class EventsChannel {
  constructor(
    readonly topic: string,
    readonly partitions: number,
    /** Values are Avro, with their schemas in a registry; else JSON. */
    readonly avro = false,
  ) {}
}
