import { readFile, rename, writeFile } from 'node:fs/promises';
import type { Position } from '#event-store/event-store.js';

const POSITION = /^(0|[1-9][0-9]{0,19})$/;

/** A position that is kept between starts. Losing it costs a repeat, so it is not forced to the disk. */
export class CheckpointFile {
  constructor(private readonly file: string) {}

  /** Null when there is none, or none that can be read. */
  async read(): Promise<Position | null> {
    const text = await readFile(this.file, 'utf8').catch(() => '');
    return POSITION.test(text.trim()) ? text.trim() : null;
  }

  async write(position: Position | null): Promise<void> {
    if (position === null) return;
    await writeFile(`${this.file}.new`, `${position}\n`, { mode: 0o600 });
    await rename(`${this.file}.new`, this.file);
  }
}
