import type { EventReader } from '../event-store.js';
import type { CommandContext } from './command-context.js';
import { type FoldedStream, PAGE } from './folded-stream.js';

/**
 * At which revision the commands begin that were tried before and stand in the stream. Commands without a key are not remembered
 * (FoldedStream), so the part of the stream in which they can stand is read again; that is rare and short.
 */
export async function earlierRuns(
  reader: EventReader,
  stream: string,
  folded: FoldedStream<unknown>,
  commands: readonly { readonly context: CommandContext }[],
): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  const sought = new Set<string>();
  let from = folded.revision;
  for (const { context } of commands) {
    if (context.triedBehind === undefined || folded.pastCommands.get(context.commandId) !== undefined) continue;
    sought.add(context.commandId);
    from = Math.min(from, context.triedBehind);
  }
  while (sought.size > 0 && from < folded.revision) {
    const page = await reader.readStream(stream, from + 1, Math.min(PAGE, folded.revision - from));
    if (page.length === 0) break;
    for (const { revision, metadata } of page) {
      const { commandId } = metadata;
      if (sought.has(commandId) && !found.has(commandId)) found.set(commandId, revision);
    }
    from += page.length;
  }
  return found;
}
