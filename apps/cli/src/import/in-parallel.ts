/**
 * Works on the items, at most `atOnce` at a time, and answers in their order. After the first failure it begins nothing more,
 * calls `onFailure`, waits for what is under way and rejects with that failure.
 */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Result>,
  onFailure: () => void,
): Promise<Result[]> {
  const results: Result[] = [];
  const entries = items.entries();
  let failure: { readonly reason: unknown } | undefined;
  const worker = async (): Promise<void> => {
    for (const [index, item] of entries) {
      if (failure !== undefined) return;
      try {
        results[index] = await work(item);
      } catch (reason) {
        if (failure !== undefined) return;
        failure = { reason };
        onFailure();
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  if (failure !== undefined) throw (failure as { reason: unknown }).reason;
  return results;
}
