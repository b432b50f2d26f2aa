import { hash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EpochMs } from '#contracts/time.js';
import type { Position } from '../event-store.js';
import { CommandIndex } from '../stream-writer/command-index.js';
import type { FoldedStream, Snapshots } from '../stream-writer/folded-stream.js';

/** How a state becomes JSON and comes back. */
export interface SnapshotCodec<State> {
  /** Of the fold and of the state's shape: a change to either takes another one. */
  readonly version: number;
  toJson(state: State): unknown;
  fromJson(json: unknown): State;
}

export interface SnapshotFilesOptions<State> {
  readonly directory: string;
  readonly codec: SnapshotCodec<State>;
  /** A file that cannot be read, used, written or deleted: the stream is folded as if there were none. */
  readonly onUnusable: (file: string, reason: string) => void;
}

interface Head {
  readonly version: number;
  readonly stream: string;
  readonly revision: number;
  readonly position: Position;
  readonly lastId: string;
  readonly state: unknown;
}

const DIGEST_BYTES = 32;
const LENGTH_BYTES = 4;
/** And what a write that was broken off has left. */
const FILE = /^[0-9a-f]{64}\.snapshot(\.new)?$/;

/**
 * A file a stream: the SHA-256 of what follows, the length of the head, the head as JSON, the index of commands. It is not
 * synchronised to the disk: a torn file has the wrong digest.
 */
export class SnapshotFiles<State> implements Snapshots<State> {
  private readonly writing = new Set<string>();

  constructor(private readonly options: SnapshotFilesOptions<State>) {}

  async load(stream: string): Promise<FoldedStream<State> | null> {
    const file = this.fileOf(stream);
    try {
      return this.decode(stream, await readFile(file));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.options.onUnusable(file, (error as Error).message);
      return null;
    }
  }

  async save(stream: string, folded: FoldedStream<State>): Promise<void> {
    if (this.writing.has(stream)) return;
    this.writing.add(stream);
    const file = this.fileOf(stream);
    try {
      const bytes = this.encode(stream, folded);
      await mkdir(this.options.directory, { recursive: true, mode: 0o700 });
      await writeFile(`${file}.new`, bytes, { mode: 0o600 });
      await rename(`${file}.new`, file);
    } catch (error) {
      this.options.onUnusable(file, (error as Error).message);
    } finally {
      this.writing.delete(stream);
    }
  }

  /** Deletes what was last written before `at`: of lots that are over, or that the next load folds once more. Never rejects. */
  async deleteOlderThan(at: EpochMs): Promise<void> {
    const { directory, onUnusable } = this.options;
    const names = await readdir(directory).catch(() => []);
    for (const name of names.filter((each) => FILE.test(each))) {
      const file = join(directory, name);
      try {
        if ((await stat(file)).mtimeMs < at) await rm(file);
      } catch (error) {
        onUnusable(file, (error as Error).message);
      }
    }
  }

  private encode(stream: string, { revision, position, lastId, state, pastCommands }: FoldedStream<State>): Buffer {
    const { version, toJson } = this.options.codec;
    const head = Buffer.from(JSON.stringify({ version, stream, revision, position, lastId, state: toJson(state) }));
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32LE(head.length);
    const content = Buffer.concat([length, head, pastCommands.toBytes()]);
    return Buffer.concat([hash('sha256', content, 'buffer'), content]);
  }

  /** Throws for what cannot be used. */
  private decode(stream: string, bytes: Buffer): FoldedStream<State> {
    const content = bytes.subarray(DIGEST_BYTES);
    if (!hash('sha256', content, 'buffer').equals(bytes.subarray(0, DIGEST_BYTES))) throw new Error('it is damaged');
    const end = LENGTH_BYTES + content.readUInt32LE();
    const head = JSON.parse(content.toString('utf8', LENGTH_BYTES, end)) as Head;
    const { version, revision, position, lastId, state } = head;
    if (version !== this.options.codec.version) throw new Error(`it is of version ${version}`);
    if (head.stream !== stream) throw new Error(`it is of ${head.stream}`);
    const pastCommands = CommandIndex.fromBytes(content.subarray(end));
    const folded = this.options.codec.fromJson(state);
    return { state: folded, revision, position, lastId, pastCommands, snapshotRevision: revision };
  }

  private fileOf(stream: string): string {
    return join(this.options.directory, `${hash('sha256', stream)}.snapshot`);
  }
}
