import type { Metric, Registry } from 'prom-client';

export interface SeriesHistogramOptions {
  readonly name: string;
  readonly help: string;
  /** Upper bounds, ascending. */
  readonly buckets: readonly number[];
  readonly registry: Registry;
}

/** One set of labels and what was observed under it. */
export class Series {
  /** Per bucket, and for what is above all of them; not added up. */
  readonly counts: number[];
  sum = 0;

  constructor(
    readonly labels: Readonly<Record<string, string>>,
    readonly buckets: readonly number[],
  ) {
    this.counts = Array<number>(buckets.length + 1).fill(0);
  }

  observe(value: number): void {
    let bucket = 0;
    while (bucket < this.buckets.length && value > (this.buckets[bucket] as number)) bucket += 1;
    (this.counts[bucket] as number) += 1;
    this.sum += value;
  }
}

/**
 * A histogram for what happens at every request. One of prom-client looks for the series of each observation by hashing its labels, also
 * where they were bound before: 2 µs, a tenth of a refusal.
 */
export class SeriesHistogram {
  readonly type = 'histogram';
  readonly aggregator = 'sum';
  readonly name: string;
  readonly help: string;
  readonly #buckets: readonly number[];
  readonly #series = new Map<string, Series>();

  constructor({ name, help, buckets, registry }: SeriesHistogramOptions) {
    this.name = name;
    this.help = help;
    this.#buckets = buckets;
    // The registry asks for nothing but a name and `get`, which its types do not say.
    registry.registerMetric(this as unknown as Metric);
  }

  /** The series of these labels, in this order: to be kept by whoever observes often. */
  series(labels: Readonly<Record<string, string>>): Series {
    const key = JSON.stringify(labels);
    const series = this.#series.get(key) ?? new Series(labels, this.#buckets);
    this.#series.set(key, series);
    return series;
  }

  /** What the registry reads. */
  async get(): Promise<object> {
    const { name, help, type, aggregator } = this;
    return {
      name,
      help,
      type,
      aggregator,
      values: [...this.#series.values()].flatMap((series) => this.#valuesOf(series)),
    };
  }

  #valuesOf({ labels, counts, sum }: Series): object[] {
    let count = 0;
    const buckets = counts.map((own, i) => {
      count += own;
      return { metricName: `${this.name}_bucket`, labels: { le: this.#buckets[i] ?? '+Inf', ...labels }, value: count };
    });
    return [
      ...buckets,
      { metricName: `${this.name}_sum`, labels, value: sum },
      { metricName: `${this.name}_count`, labels, value: count },
    ];
  }
}
