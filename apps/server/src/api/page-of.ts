import type { Page } from '#contracts/http/pages.js';
import { cursorOf } from './list-cursor.js';

/** A page from `limit + 1` entries: the extra one only tells that there are more. The cursor is of the last one shown. */
export function pageOf<Row, View>(
  found: readonly { key: string; row: Row }[],
  limit: number,
  view: (row: Row) => View,
): Page<View> {
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(({ row }) => view(row)),
    nextCursor: found.length > limit && last !== undefined ? cursorOf(last.key) : null,
  };
}
