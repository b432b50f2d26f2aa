import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** One build of a read model: `lots.v1.g3.db`. Generation numbers only rise, so a name is never used for two builds. */
export interface GenerationName {
  readonly name: string;
  readonly version: number;
  readonly generation: number;
}

const PATTERN = /^([A-Za-z]+)\.v(\d{1,9})\.g(\d{1,9})\.db(-wal|-shm)?$/;

export const fileNameOf = ({ name, version, generation }: GenerationName) => `${name}.v${version}.g${generation}.db`;

/** Null for a file that is none of ours. */
export function parseFileName(file: string): GenerationName | null {
  const [, name, version, generation] = PATTERN.exec(file) ?? [];
  return name === undefined ? null : { name, version: Number(version), generation: Number(generation) };
}

/** Every generation of the model that has left a file, even a stray -wal. */
export const generationsOf = (directory: string, name: string): readonly GenerationName[] =>
  generationsIn(directory).filter((generation) => generation.name === name);

/** The same of every model. */
export function generationsIn(directory: string): readonly GenerationName[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory).flatMap((file) => parseFileName(file) ?? []);
}

/** The main file goes last: what is left behind by a crash is still seen as this generation and never mixed with another. */
export function deleteGeneration(directory: string, generation: GenerationName): void {
  const file = join(directory, fileNameOf(generation));
  for (const path of [`${file}-wal`, `${file}-shm`, file]) rmSync(path, { force: true });
}
