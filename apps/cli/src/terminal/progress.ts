import { Presets, SingleBar } from 'cli-progress';
import type { ProgressOptions } from './options.js';
import type { Session } from './session.js';

export interface Progress {
  /** So many units are done; `total` when only the work itself has told. */
  update(done: number, total?: number): void;
  stop(): void;
}

const SILENT: Progress = { update: () => undefined, stop: () => undefined };

/** A bar on stderr when that is a terminal, or when asked for; otherwise nothing. */
export function progressBar(session: Session, options: ProgressOptions, what: string, total: number): Progress {
  const { stderr } = session;
  if (!stderr.isTTY && options.progress !== true) return SILENT;
  const bar = new SingleBar(
    {
      stream: stderr,
      format: `${what} [{bar}] {percentage}% {value}/{total} {duration_formatted}`,
      noTTYOutput: true,
      notTTYSchedule: 1_000,
      // Each would change what Ctrl-C does or leaves behind: it is to end the program, and nothing else.
      gracefulExit: false,
      hideCursor: false,
      linewrap: true,
    },
    Presets.legacy,
  );
  bar.start(total, 0);
  return {
    update(done, newTotal) {
      if (newTotal !== undefined && newTotal !== bar.getTotal()) bar.setTotal(newTotal);
      bar.update(done);
    },
    stop: () => bar.stop(),
  };
}
