import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Session } from './session.js';

export interface OutputOptions {
  readonly json?: true;
  readonly progress?: true;
}

export interface StoreOptions extends OutputOptions {
  readonly dataDir: string;
}

/** The options that every command has. */
export const withOutput = (command: Command): Command =>
  command
    .option('--json', 'one JSON document on stdout and nothing else')
    .option('--progress', 'show progress also when stderr is no terminal');

/** `--data-dir`, which defaults as it does for the server. */
export const withDataDir = (command: Command, { env }: Session): Command =>
  command.option(
    '--data-dir <directory>',
    'where the server keeps its data (GAVEL_DATA_DIR)',
    env['GAVEL_DATA_DIR'] || './data',
  );

/** An option or argument that is a whole number in a range. */
export const wholeNumber =
  (min: number, max: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^\d{1,15}$/.test(text) || value < min || value > max) {
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
    }
    return value;
  };

export const numberOption = (
  flags: string,
  description: string,
  range: { min: number; max: number; otherwise: number },
) => new Option(flags, description).argParser(wholeNumber(range.min, range.max)).default(range.otherwise);
