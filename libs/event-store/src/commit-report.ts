/** What a store committed at once, for the metrics. */
export interface CommitReport {
  readonly appends: number;
  readonly events: number;
  /** Of the JSON texts, counted as characters. */
  readonly bytes: number;
  /** From the hand-over to the store's confirmation. */
  readonly milliseconds: number;
}
