import type { EventReader } from '../event-store.js';
import type { CommandContext } from './command-context.js';
import { type FoldedStream, PAGE, type PastCommand } from './folded-stream.js';

/**
 * Which of the commands that were tried before stand in the stream. Commands without a key are not remembered (FoldedStream), so
 * the part of the stream in which they can stand is read again; that is rare and short.
 */
export async function earlierRuns(
  reader: EventReader,
  stream: string,
  folded: FoldedStream<unknown>,
  commands: readonly { readonly context: CommandContext }[],
): Promise<ReadonlyMap<string, PastCommand>> {
  const found = new Map<string, PastCommand>();
  const sought = new Set<string>();
  let from = folded.revision;
  for (const { context } of commands) {
    if (context.triedBehind === undefined || folded.pastCommands.has(context.commandId)) continue;
    sought.add(context.commandId);
    from = Math.min(from, context.triedBehind);
  }
  while (sought.size > 0 && from < folded.revision) {
    const page = await reader.readStream(stream, from + 1, Math.min(PAGE, folded.revision - from));
    if (page.length === 0) break;
    for (const { revision, metadata } of page) {
      if (!sought.has(metadata.commandId)) continue;
      const first = found.get(metadata.commandId)?.revision ?? revision;
      found.set(metadata.commandId, { revision: first, count: revision - first + 1, requestDigest: '' });
    }
    from += page.length;
  }
  return found;
}
