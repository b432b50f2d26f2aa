import { join } from 'node:path';
import { comparePositions, type Position } from '#event-store/event-store.js';
import { BuildTarget } from '../building/build-target.js';
import { pathOf } from '../building/generations-to-build.js';
import type { Projection } from '../projection.js';
import { CorruptRows } from '../storage/failures.js';
import { RowFile } from '../storage/row-file.js';
import { readPointer } from '../storage/serving-pointer.js';
import { type Comparison, compareRows } from './compare-rows.js';

/** A server may let another generation serve and delete the one that was to be read. */
const ATTEMPTS = 5;

export type Fold = (target: BuildTarget<object>, until: Position) => Promise<void>;

/** One read model that is verified: what serves, and its fresh fold in `scratch`. */
export class VerifyModel {
  target: BuildTarget<object>;

  constructor(
    readonly projection: Projection<object>,
    private readonly directory: string,
    private readonly scratch: string,
  ) {
    this.target = this.#freshTarget(1);
  }

  /** Of what stands in the place of the rows, whether it is of this program's version or not; null: nothing does. */
  get version(): number | null {
    return readPointer(this.directory).get(this.projection.name)?.version ?? null;
  }

  /** How far the rows that serve go by now; null: there are none. Throws CorruptRows. */
  checkpoint(): Position | null {
    const file = this.#open();
    if (file === null) return null;
    try {
      return file.checkpoint();
    } finally {
      file.close();
    }
  }

  /**
   * Compares as of one moment. `fold` takes the target the short way from where it is to the rows' checkpoint: meanwhile the
   * server's WAL cannot be reset. Null when nothing serves.
   */
  async compare(fold: Fold, keep: number): Promise<(Comparison & { position: Position | null }) | null> {
    const file = this.#open();
    if (file === null) return null;
    file.beginSnapshot();
    try {
      const position = file.checkpoint();
      file.checkIndexes();
      await this.#foldTo(position, fold);
      await this.target.finish();
      const fresh = new RowFile(this.target.file);
      try {
        return { ...(await compareRows(fresh.all(), file.all(), keep)), position };
      } finally {
        fresh.close();
      }
    } finally {
      file.endSnapshot();
      file.close();
    }
  }

  async #foldTo(position: Position | null, fold: Fold): Promise<void> {
    const { checkpoint } = this.target;
    if (checkpoint !== null && (position === null || comparePositions(checkpoint, position) > 0)) {
      // Another generation serves by now, whose file does not go as far.
      await this.target.abandon();
      this.target = this.#freshTarget(2);
    }
    if (position !== null) await fold(this.target, position);
  }

  #freshTarget(attempt: number): BuildTarget<object> {
    return new BuildTarget(this.projection, join(this.scratch, `${this.projection.name}.${attempt}.db`));
  }

  #open(): RowFile | null {
    for (let attempt = 1; ; attempt += 1) {
      const served = readPointer(this.directory).get(this.projection.name);
      // Rows of another version differ by design: the next start builds them anew.
      if (served?.version !== this.projection.version) return null;
      try {
        return new RowFile(pathOf(this.directory, served));
      } catch (error) {
        if (!(error instanceof CorruptRows) || attempt === ATTEMPTS) throw error;
      }
    }
  }
}
