import { Command, CommanderError } from 'commander';
import { StoreUnavailable, StoreUnusable } from '#event-store/event-store.js';
import { type ExitCode, Failure } from './failure.js';
import { importCommand } from './import.js';
import { inspectCommand } from './inspect.js';
import { rebuildCommand } from './rebuild.js';
import type { Session } from './terminal/session.js';
import { printable } from './terminal/table.js';
import { verifyCommand } from './verify.js';

/** Runs one command and answers its exit code. Only what nobody foresaw is thrown. */
export async function runGavel(args: readonly string[], session: Session): Promise<ExitCode> {
  const program = new Command('gavel')
    .description('Tools for whoever runs Gavel. Exit codes: 0 done; 1 a check found differences; 2 not done.')
    .showHelpAfterError('(gavel <command> --help tells what there is)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => session.stdout.write(text),
      writeErr: (text) => session.stderr.write(text),
    });
  for (const add of [inspectCommand, rebuildCommand, verifyCommand, importCommand]) add(program, session);
  try {
    await program.parseAsync(args, { from: 'user' });
    return session.exitCode;
  } catch (error) {
    // Commander has told what is wrong.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!isForeseen(error)) throw error;
    session.stderr.write(`gavel: ${printable(error.message)}\n`);
    return 2;
  }
}

/** Also what the system says of a file or a disk: it has a code. */
const isForeseen = (error: unknown): error is Error =>
  error instanceof Failure ||
  error instanceof StoreUnavailable ||
  error instanceof StoreUnusable ||
  typeof (error as NodeJS.ErrnoException | null)?.code === 'string';
