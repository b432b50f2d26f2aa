import type { Scope } from './process/scope.js';

/** What one measurement of one side found. */
export interface Measured {
  /** The figure that is compared. */
  readonly value: number;
  /** Further figures by name, with the unit behind a comma: `p50, ms`. */
  readonly details: Readonly<Record<string, number>>;
}

/** One of the two that are compared: how it is called, and its measurement in each round. */
export interface Side {
  readonly name: string;
  readonly unit: string;
  readonly rounds: readonly Measured[];
}

/** What the ratio of Gavel to its limit is to be; null: for information. */
export type Goal = { readonly atLeast: number } | { readonly atMost: number } | null;

/** Gavel and its limit, measured in turns in the same run. */
export interface Comparison {
  readonly benchmark: string;
  readonly what: string;
  readonly goal: Goal;
  readonly ours: Side;
  readonly limit: Side;
}

export interface Run {
  readonly rounds: number;
  /** Of load, for each measurement. */
  readonly seconds: number;
  /** Small amounts of everything: shows that the tool works, not how fast Gavel is. */
  readonly quick: boolean;
  /** Ends what the benchmark started and removes what it wrote, however the run ends. */
  readonly scope: Scope;
  tell(line: string): void;
}

export interface Benchmark {
  readonly name: string;
  /** Programs that must be installed. */
  readonly tools: readonly Tool[];
  /** Rejects when a figure would not mean what it says: a refused bid, a setting that is not in force. */
  run(run: Run): Promise<Comparison[]>;
}

export type Tool = 'wrk' | 'redis-server' | 'taskset' | 'java' | 'chromium';
