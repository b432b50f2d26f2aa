import type { KeyedRow, ReadModel } from './read-model.js';

const PAGE_ROWS = 1_000;

/**
 * Every row in the order of the keys, in pages of up to 1,000; each is read when it is asked for, and may show what was committed
 * meanwhile. Throws as `scan` does.
 */
export function* pagesOf<Row extends object>(
  model: Pick<ReadModel<Row>, 'scan'>,
): Generator<readonly KeyedRow<Row>[], void, undefined> {
  let after: string | undefined;
  for (;;) {
    const page = model.scan({ prefix: '', limit: PAGE_ROWS, ...(after !== undefined && { after }) });
    if (page.length > 0) yield page;
    if (page.length < PAGE_ROWS) return;
    after = page.at(-1)?.key;
  }
}
