import type { PageAnswer, PageRequest, Pages } from './pages.js';
import type { Page, ScannedPage } from './rows.js';
import type { Thread } from './thread.js';

export type ReaderThread = Thread<null, PageRequest, PageAnswer>;

/** The reading queries, answered by the reader thread: a read waits neither for a commit nor the other way round. */
export const readerPages = (reader: ReaderThread): Pages => ({
  head: () => reader.request(['head']) as Promise<number>,
  idAt: (position) => reader.request(['idAt', position]) as Promise<string | null>,
  ofStream: (...query) => reader.request(['ofStream', ...query]) as Promise<Page>,
  ofAll: (...query) => reader.request(['ofAll', ...query]) as Promise<ScannedPage>,
});
