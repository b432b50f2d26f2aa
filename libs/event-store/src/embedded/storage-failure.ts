/** An operation on the files that failed for certain: nothing of it was committed. */
export class StorageFailure extends Error {
  override readonly name = 'StorageFailure';

  constructor(
    message: string,
    /** Waiting does not help, a person must look: the files are damaged, or of another program. */
    readonly lasting: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Primary result codes, https://sqlite.org/rescode.html */
const BUSY = 5;
const CORRUPT = 11;
const FULL = 13;
const NOT_A_DATABASE = 26;
/** Extended ones. Of a quota or a limit on the size of files, SQLite says no more than that it could not write. */
const WRITE_REFUSED = 778;
/** A position or revision stands there already: the tables disagree with each other. */
const PRIMARY_KEY_TAKEN = 1555;
const UNIQUE_TAKEN = 2067;

/**
 * A COMMIT that failed so wrote no whole commit record: SQLite writes that record last, and nothing behind a write that was
 * refused. Other failures, above all of fsync, leave open what a crash would find in the file.
 */
export const leftNothingBehind = (error: unknown): boolean =>
  [BUSY, FULL].includes(primaryCode(error)) || extendedCode(error) === WRITE_REFUSED;

export function storageFailure(file: string, error: unknown): StorageFailure {
  if (error instanceof StorageFailure) return error;
  const corrupt = isCorruption(error);
  const what = corrupt ? 'is damaged' : 'failed';
  return new StorageFailure(`${file} ${what}: ${reasonOf(error)}`, corrupt, { cause: error });
}

/** What SQLite says, without the wrapping that libsql puts around a failed open. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const code = /ConnectionFailed\(".*: (\d+)"\)/.exec(message)?.[1];
  return code === undefined ? message.trim() : `SQLite error ${code}`;
}

function isCorruption(error: unknown): boolean {
  return (
    [CORRUPT, NOT_A_DATABASE].includes(primaryCode(error)) ||
    [PRIMARY_KEY_TAKEN, UNIQUE_TAKEN].includes(extendedCode(error))
  );
}

/** 0 for an error that is not of SQLite. */
function extendedCode(error: unknown): number {
  const code = (error as { rawCode?: unknown } | null)?.rawCode;
  return typeof code === 'number' ? code : 0;
}

const primaryCode = (error: unknown): number => extendedCode(error) & 0xff;
