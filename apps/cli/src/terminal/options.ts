import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Session } from './session.js';

/** The options that every command has. */
export interface OutputOptions {
  readonly json?: true;
  readonly dataDir: string;
}

export interface ProgressOptions {
  readonly progress?: true;
}

/** `--json`, and `--data-dir`, which defaults as it does for the server. */
export const withOutputOptions = (command: Command, { env }: Session): Command =>
  command
    .option('--json', 'one JSON document on stdout and nothing else')
    .option(
      '--data-dir <directory>',
      'where the server keeps its data (GAVEL_DATA_DIR)',
      env['GAVEL_DATA_DIR'] || './data',
    );

/** `--progress`, of commands that may take long. */
export const withProgress = (command: Command): Command =>
  command.option('--progress', 'show progress also when stderr is no terminal');

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
