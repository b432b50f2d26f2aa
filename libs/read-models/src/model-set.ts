import { existsSync } from 'node:fs';
import { type EventStore, StoreUnavailable } from '#event-store/event-store.js';
import { backOff } from './backoff.js';
import { type BuildProgress, buildGeneration } from './build-generation.js';
import { HandlerFailed } from './handlers.js';
import { type Host, HostedModel } from './hosted-model.js';
import { LagWatch } from './lag-watch.js';
import type { Log } from './log.js';
import type { UsableGeneration } from './opening.js';
import type { Projection } from './projection.js';
import type { Projections, ReadModelName } from './projections/projections.js';
import type { ReadModel } from './read-model.js';
import type { ReadModelLags, RebuildResult } from './read-models.js';
import { ServingWatch } from './serving-watch.js';
import { Checkpointer } from './storage/checkpointer.js';
import { codeOf, isCorrupt } from './storage/failures.js';
import { RowWriter } from './storage/row-writer.js';
import { readPointer, type ServingPointer } from './storage/serving-pointer.js';

type RowOf<Name extends ReadModelName> = Projections[Name] extends Projection<infer Row> ? Row : never;

export interface ModelSetOptions {
  readonly directory: string;
  readonly store: EventStore;
  readonly log: Log;
}

/** All the read models of a directory while a server runs: their common threads, and the change of generations. */
export class ModelSet {
  readonly #options: ModelSetOptions;
  readonly #closing = new AbortController();
  readonly #writer = new RowWriter();
  readonly #checkpointer: Checkpointer;
  readonly #hosted = new Map<ReadModelName, HostedModel<object>>();
  readonly #watch: ServingWatch;
  readonly #lag: LagWatch;
  readonly #rebuilds = new Set<Promise<void>>();
  readonly #repairs = new Map<ReadModelName, Promise<void>>();
  #adoption: Promise<unknown> = Promise.resolve();

  /** Throws CorruptRows for a file that cannot serve. */
  constructor(projections: Projections, generations: ReadonlyMap<string, UsableGeneration>, options: ModelSetOptions) {
    const { directory, store, log } = options;
    this.#options = options;
    this.#checkpointer = new Checkpointer((error) =>
      log.error({ err: error }, 'the checkpointer of the read models has ended'),
    );
    for (const [name, projection] of Object.entries(projections) as [ReadModelName, Projection<object>][]) {
      const { name: serving, check } = generations.get(name) as UsableGeneration;
      const hosted = new HostedModel(projection, serving, this.#host());
      this.#hosted.set(name, hosted);
      const { file } = hosted;
      void check?.then((problem) => {
        if (problem !== null && hosted.file === file) hosted.model.withdraw(problem);
      });
    }
    this.#tellCheckpointer();
    this.#lag = new LagWatch(store, this.#hosted);
    this.#watch = new ServingWatch(directory, {
      looked: () => this.#repairMissing(),
      changed: (serving) => this.#follow(serving),
      failed: (error) => log.error({ err: error }, 'the pointer to the serving read models cannot be read'),
    });
  }

  modelOf<Name extends ReadModelName>(name: Name): ReadModel<RowOf<Name>> {
    return this.#hostedOf(name).model as unknown as ReadModel<RowOf<Name>>;
  }

  models(): readonly ReadModel<object>[] {
    return [...this.#hosted.values()].map(({ model }) => model);
  }

  rebuild(name: ReadModelName, onProgress?: (progress: BuildProgress) => void): Promise<RebuildResult> {
    const rebuild = this.#rebuild(name, onProgress);
    const settled: Promise<void> = rebuild.then(
      () => void this.#rebuilds.delete(settled),
      () => void this.#rebuilds.delete(settled),
    );
    this.#rebuilds.add(settled);
    return rebuild;
  }

  async #rebuild(name: ReadModelName, onProgress?: (progress: BuildProgress) => void): Promise<RebuildResult> {
    const { directory, store } = this.#options;
    const { projection } = this.#hostedOf(name);
    const [built] = await buildGeneration([projection], store, directory, onProgress, this.#closing.signal);
    if (built === undefined) throw new Error(`${name} was not built`);
    await this.#adopt(name);
    const { events, rows, milliseconds } = built;
    return { events, rows, milliseconds };
  }

  lag(): ReadModelLags {
    return this.#lag.lags();
  }

  failure(): string | null {
    const failures = [...this.#hosted.values()].flatMap(({ model, runner }) => runner.failure ?? model.damage ?? []);
    return failures.length === 0 ? null : failures.join('; ');
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#watch.close();
    this.#lag.close();
    await Promise.all([...this.#hosted.values()].map(({ runner }) => runner.stop()));
    await Promise.all([this.#adoption, ...this.#rebuilds, ...this.#repairs.values()]);
    for (const { model } of this.#hosted.values()) model.close();
    await Promise.all([this.#writer.close(), this.#checkpointer.close()]);
  }

  #host(): Host {
    const { directory, store, log } = this.#options;
    return {
      directory,
      store,
      log,
      writer: this.#writer,
      closing: this.#closing.signal,
      damaged: (name, reason) => this.#repair(name as ReadModelName, reason),
    };
  }

  #hostedOf(name: ReadModelName): HostedModel<object> {
    return this.#hosted.get(name) as HostedModel<object>;
  }

  /** Lets serve what the pointer names; one change at a time. */
  #adopt(name: ReadModelName): Promise<void> {
    const adoption = this.#adoption.then(async () => {
      this.#closing.signal.throwIfAborted();
      const next = readPointer(this.#options.directory).get(name);
      if (next === undefined) throw new Error(`no generation of ${name} is named as serving`);
      await this.#hostedOf(name).adopt(next);
      this.#tellCheckpointer();
    });
    this.#adoption = adoption.catch(() => {});
    return adoption;
  }

  async #follow(serving: ServingPointer): Promise<boolean> {
    let followed = true;
    for (const name of serving.keys()) {
      if (!this.#hosted.has(name as ReadModelName)) continue;
      try {
        await this.#adopt(name as ReadModelName);
      } catch (error) {
        if (this.#closing.signal.aborted) return true;
        followed &&= !mayPass(error);
        this.#options.log.error({ model: name, err: error }, 'the new generation of a read model is not taken');
      }
    }
    return followed;
  }

  #tellCheckpointer(): void {
    this.#checkpointer.serve([...this.#hosted.values()].flatMap(({ file }) => file ?? []));
  }

  #repairMissing(): void {
    for (const [name, { file }] of this.#hosted) {
      if (file !== null && !existsSync(file)) this.#repair(name, `${file} is missing`);
    }
  }

  #repair(name: ReadModelName, reason: string): void {
    if (this.#repairs.has(name) || this.#closing.signal.aborted) return;
    this.#options.log.error({ model: name, reason }, 'a read model is damaged and is built anew from the store');
    const repaired = this.#rebuildUntilDone(name).finally(() => this.#repairs.delete(name));
    this.#repairs.set(name, repaired);
  }

  async #rebuildUntilDone(name: ReadModelName): Promise<void> {
    const { signal } = this.#closing;
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      try {
        await this.rebuild(name);
        return;
      } catch (error) {
        if (signal.aborted) return;
        this.#options.log.warn({ model: name, err: error }, 'a read model cannot be built yet');
        // It would fail at the same event again: the next program may know better.
        if (error instanceof HandlerFailed) return;
      }
      await backOff(attempt, signal);
    }
  }
}

/** Whether it is worth trying again: the store or the disk failed, not the generation. */
const mayPass = (error: unknown): boolean =>
  error instanceof StoreUnavailable || (codeOf(error).startsWith('SQLITE_') && !isCorrupt(error));
