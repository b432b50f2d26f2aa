/** Where partners find the events on Kafka. */
export class EventsChannel {
  constructor(
    readonly topic: string,
    readonly partitions: number,
  ) {}
}
