/** The rows cannot be trusted: they are derived, so the cure is to build them anew. */
export class CorruptRows extends Error {
  override readonly name = 'CorruptRows';
}

export const codeOf = (error: unknown): string => String((error as { code?: unknown } | null)?.code ?? '');

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export function isCorrupt(error: unknown): boolean {
  const code = codeOf(error);
  return error instanceof CorruptRows || code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT');
}
