import { availableParallelism } from 'node:os';
import type { Program } from '../process/spawned.js';

/** Cores that a process and all its threads may run on. */
export type Cores = readonly number[];

/** The program on these cores and no others. Throws when the machine does not have them. */
export function pinned(cores: Cores, program: Program): Program {
  if (Math.max(...cores) >= availableParallelism()) throw new Error('this benchmark takes a machine with two cores');
  return { ...program, command: 'taskset', args: ['-c', cores.join(','), program.command, ...program.args] };
}
