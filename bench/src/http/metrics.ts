/** What `/metrics` answers, summed over labels where `sum` says so. */
export class Metrics {
  readonly #lines: readonly (readonly [name: string, value: number])[];

  constructor(text: string) {
    this.#lines = text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => [line.replace(/[{ ].*$/, ''), Number(line.slice(line.lastIndexOf(' ') + 1))] as const);
  }

  /** Throws for a metric that is not there: its figure would be a silent zero. */
  values(name: string): number[] {
    const values = this.#lines.flatMap(([found, value]) => (found === name ? [value] : []));
    if (values.length === 0) throw new Error(`/metrics has no ${name}`);
    return values;
  }

  sum(name: string): number {
    return this.values(name).reduce((sum, value) => sum + value, 0);
  }

  /** A metric with labels is not there before its first value. */
  sumOr(name: string, missing: number): number {
    return this.#lines.some(([found]) => found === name) ? this.sum(name) : missing;
  }

  static async scrape(url: string): Promise<Metrics> {
    const response = await fetch(`${url}/metrics`);
    if (!response.ok) throw new Error(`${url}/metrics answered ${response.status}`);
    return new Metrics(await response.text());
  }
}
