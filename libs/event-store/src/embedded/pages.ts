import type { EventPages } from './event-pages.js';
import type { Page, ScannedPage } from './rows.js';

/** The reading queries as the main thread sees them. They reject with StoreUnavailable. */
export interface Pages {
  head(): Promise<number>;
  idAt(position: string): Promise<string | null>;
  ofStream(stream: string, from: number, limit: number): Promise<Page>;
  ofAll(after: number, limit: number, types?: readonly string[]): Promise<ScannedPage>;
}

/** A query on its way to the reader thread: its name and its arguments. */
export type PageRequest = {
  [Query in keyof EventPages]: [query: Query, ...values: Parameters<EventPages[Query]>];
}[keyof EventPages];

export type PageAnswer = number | string | null | Page | ScannedPage;
