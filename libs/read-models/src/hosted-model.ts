import { setTimeout as pause } from 'node:timers/promises';
import type { EventStore } from '#event-store/event-store.js';
import { deleteOlder, pathOf } from './building/generations-to-build.js';
import { Generation } from './generation.js';
import { Handlers } from './handlers.js';
import type { Log } from './log.js';
import type { Projection, StoredEvent } from './projection.js';
import { ProjectionRunner } from './projection-runner.js';
import { ServedModel } from './served-model.js';
import { checkFile } from './storage/check-file.js';
import { CorruptRows, messageOf } from './storage/failures.js';
import { whyReadOnly } from './storage/file-owner.js';
import { fileNameOf, type GenerationName } from './storage/generation-files.js';
import type { RowWriter } from './storage/row-writer.js';

const PAGE_EVENTS = 1_000;
/** Until the store shows what the model has already got from it. */
const AGAIN_MS = 50;

/** What all the models of a directory share. */
export interface Host {
  readonly directory: string;
  readonly store: EventStore;
  readonly writer: RowWriter;
  readonly log: Log;
  /** Aborted when the read models close. */
  readonly closing: AbortSignal;
  damaged(name: string, reason: string): void;
}

/** One read model of a running server: what serves, what takes it along, and how another generation takes its place. */
export class HostedModel<Row extends object> {
  readonly model: ServedModel<Row>;
  readonly runner: ProjectionRunner<Row>;
  readonly #handlers: Handlers<Row>;

  /** Throws CorruptRows for a file that cannot serve. */
  constructor(
    readonly projection: Projection<Row>,
    serving: GenerationName,
    private readonly host: Host,
  ) {
    const { name } = projection;
    const { log, store } = host;
    this.#handlers = new Handlers(projection);
    this.model = new ServedModel(name, this.#handlers, this.#open(serving), {
      damaged: (reason) => host.damaged(name, reason),
      listenerThrew: (error) => log.error({ model: name, err: error }, 'a listener to a read model threw'),
    });
    this.runner = new ProjectionRunner(this.model, store, log);
  }

  /** The file that serves; null while there is none. */
  get file(): string | null {
    return this.model.generation?.path ?? null;
  }

  /**
   * Lets another generation serve: takes it along to where the one that serves is, then swaps in one tick. Reads are answered
   * all the time. Rejects when the generation is of another version, damaged, cannot be written or cannot be taken along; nothing has changed then.
   */
  async adopt(next: GenerationName): Promise<void> {
    const { directory, log, writer } = this.host;
    const path = pathOf(directory, next);
    // The pointer may still name what was found to be damaged: its check sees the file's structure, not every row.
    if (path === this.file || path === this.model.withdrawnFile) return;
    if (next.version !== this.projection.version) throw new Error(`${fileNameOf(next)} is of another version`);
    const problem = await checkFile(path);
    if (problem !== null) throw new CorruptRows(`${fileNameOf(next)}: ${problem}`);
    const readOnly = whyReadOnly(path);
    if (readOnly !== null) throw new Error(`${fileNameOf(next)} cannot be written: ${readOnly}`);
    await this.#swapTo(this.#open(next));
    await this.runner.persist();
    writer.release();
    this.#deleteOlder(next);
    log.info({ model: this.projection.name, file: fileNameOf(next) }, 'a new generation serves');
  }

  async close(): Promise<void> {
    await this.runner.stop();
    this.model.close();
  }

  async #swapTo(candidate: Generation<Row>): Promise<void> {
    try {
      await this.#catchUp(candidate);
      await this.runner.between(async () => {
        // What has been applied since: little.
        await this.#catchUp(candidate);
        const before = this.model.generation;
        this.model.swap(candidate);
        before?.close();
      });
    } catch (error) {
      candidate.close();
      throw error;
    }
  }

  async #catchUp(candidate: Generation<Row>): Promise<void> {
    const { store, closing } = this.host;
    for (;;) {
      const { reached } = this.model;
      if (reached === null || candidate.holds(reached)) return;
      closing.throwIfAborted();
      const events = await store.readAll(candidate.checkpoint, PAGE_EVENTS);
      if (events.length === 0) await pause(AGAIN_MS);
      const folded = await candidate.fold(events as readonly StoredEvent[]);
      await candidate.commit(folded);
      if (folded.failure !== null) throw folded.failure;
    }
  }

  #open(name: GenerationName): Generation<Row> {
    return new Generation(name, pathOf(this.host.directory, name), this.#handlers, this.host.writer);
  }

  #deleteOlder(serving: GenerationName): void {
    try {
      deleteOlder(this.host.directory, serving);
    } catch (error) {
      this.host.log.warn({ model: serving.name, reason: messageOf(error) }, 'an old generation cannot be deleted');
    }
  }
}
