import { runGavel } from './gavel.js';
import type { Session } from './terminal/session.js';

const { stdout, stderr, env } = process;
const session: Session = { stdout, stderr, env, exitCode: 0 };

// What it writes is for its owner alone, as of the server.
process.umask(0o077);

// Nobody reads the messages, or they have no room: that changes nothing in the work.
stderr.on('error', () => {});

stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader of a pipe may leave (`| head`): nobody is there to be told, and what was found stands.
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? session.exitCode);
  stderr.write(`gavel: the answer cannot be written: ${error.message}\n`);
  process.exit(2);
});

try {
  process.exitCode = await runGavel(process.argv.slice(2), session);
} catch (error) {
  // A defect. Node itself would answer 1, which says that a check found differences.
  console.error(error);
  process.exitCode = 2;
}
