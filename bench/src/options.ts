import { parseArgs } from 'node:util';

export interface Options {
  /** Names of benchmarks; empty: all. */
  readonly names: readonly string[];
  readonly rounds: number;
  readonly seconds: number;
  readonly quick: boolean;
  /** Where the figures are to be written as JSON. */
  readonly json: string | undefined;
}

export const USAGE = `npm run bench -- [names] [options]

  --rounds <n>     rounds of each comparison, at least 3 for figures that mean something (3)
  --seconds <n>    of load, for each measurement (5)
  --json <file>    write every measurement there, too
  --quick          one round of one second and little data: whether the tool works
`;

/** Throws an Error whose message is for a person. */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      json: { type: 'string' },
      quick: { type: 'boolean', default: false },
    },
  });
  const { quick, json } = values;
  return {
    names: positionals,
    rounds: wholeNumber('rounds', values.rounds ?? (quick ? '1' : '3'), 100),
    seconds: wholeNumber('seconds', values.seconds ?? (quick ? '1' : '5'), 600),
    quick,
    json,
  };
}

function wholeNumber(name: string, text: string, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > most)
    throw new Error(`--${name} takes a whole number from 1 to ${most}`);
  return value;
}
