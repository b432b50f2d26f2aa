import { runGavel } from './gavel.js';

const { stdout, stderr, env } = process;

// What it writes is for its owner alone, as of the server.
process.umask(0o077);

// The reader of a pipe may leave (`| head`): nobody is there to be told, and nothing is wrong.
for (const stream of [stdout, stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
}

try {
  process.exitCode = await runGavel(process.argv.slice(2), { stdout, stderr, env });
} catch (error) {
  // A defect. Node itself would answer 1, which says that a check found differences.
  console.error(error);
  process.exitCode = 2;
}
