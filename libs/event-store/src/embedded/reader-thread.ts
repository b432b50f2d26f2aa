import { workerData } from 'node:worker_threads';
import { connectReadOnly } from './connection.js';
import { EventPages } from './event-pages.js';
import type { PageAnswer, PageRequest } from './pages.js';
import { storageFailure } from './storage-failure.js';
import { serve } from './thread-service.js';

const { file } = workerData as { file: string };

serve<null, PageRequest, PageAnswer>(() => {
  const db = connectReadOnly(file);
  const pages = new EventPages(db);
  const handle = ([query, ...values]: PageRequest): PageAnswer => {
    try {
      return (pages[query] as (...values: unknown[]) => PageAnswer)(...values);
    } catch (error) {
      throw storageFailure(file, error);
    }
  };
  return { started: null, service: { handle, close: () => db.close() } };
});
