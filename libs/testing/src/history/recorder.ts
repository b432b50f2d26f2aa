/** What a client did to a lot and what it was told, with the moments on its own clock. */
export interface Operation {
  readonly kind: 'bid' | 'purchase';
  readonly caller: string;
  /** The amount of a bid, the quantity of a purchase. */
  readonly value: number;
  /** Milliseconds of one monotonic clock for all callers. */
  readonly invokedAt: number;
  readonly answeredAt: number;
  /** Of the answer; null: there was none, and nobody knows what became of it. */
  readonly status: number | null;
  readonly body: Readonly<Record<string, unknown>>;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Writes down what clients do, as they see it. */
export class Recorder {
  readonly operations: Operation[] = [];

  /** Runs the request and records it, answered or not. */
  async record<A extends Answer>(
    what: Pick<Operation, 'kind' | 'caller' | 'value'>,
    request: () => Promise<A>,
  ): Promise<A | null> {
    const invokedAt = performance.now();
    const answer = await request().catch(() => null);
    const answeredAt = performance.now();
    const body = (typeof answer?.body === 'object' ? answer.body : {}) as Operation['body'];
    this.operations.push({ ...what, invokedAt, answeredAt, status: answer?.status ?? null, body });
    return answer;
  }
}
