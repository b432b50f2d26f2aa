/** What was asked for cannot be done: bad usage, bad input, or a part that does not answer. One line for the operator. */
export class Failure extends Error {
  override readonly name = 'Failure';
}

/** 0: done, and what was checked is right. 1: done, and the check found differences. 2: not done. */
export type ExitCode = 0 | 1 | 2;
