/**
 * Hands out arrival numbers of bids, rising per lot. A number is a hint: the lot's stream gives each bid the number that was drawn
 * for it, or the next free one when that is not above the last (rule O1 needs them unique). So a sequencer may lose everything at
 * any moment, and two of them may hand out the same number: no bid is ever stored under a number that another one has.
 */
export abstract class Sequencer {
  /** The next number, above all that this process has seen of the lot; null: none can be had now, the stream counts by itself. */
  abstract draw(lotId: string): Promise<number | null>;

  /** A bid was stored under the number: no draw of this process answers it, or one below it, from now on. */
  abstract stored(lotId: string, sequence: number): void;

  /** Lets go of what this process remembers of lots on which nobody bids. */
  abstract forgetIdle(): void;
}

/** The last number in the lot's stream, 0 when there is none. May reject: then no number can be had. */
export type LastStored = (lotId: string) => Promise<number>;
