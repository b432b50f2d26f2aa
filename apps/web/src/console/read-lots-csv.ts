import { parse } from 'csv-parse/browser/esm/sync';
import type { AddLotBody } from '#contracts/http/lots.js';
import { parseAmount } from '../money/money.js';

export interface LotRow {
  /** Line in the file, from 2: the first one names the columns. */
  readonly line: number;
  readonly title: string;
  /** Null where the row cannot be read. */
  readonly lot: AddLotBody | null;
  /** One sentence for each thing that is wrong. */
  readonly errors: readonly string[];
}

/** Columns of a file of lots. Amounts are as people write them (`177.50`); a time is ISO 8601. */
export const lotColumns = [
  'title',
  'startingBid',
  'bidPolicy',
  'increments',
  'reserve',
  'closesAt',
  'softCloseSeconds',
  'buyNowPrice',
  'buyNowQuantity',
  'vin',
  'make',
  'model',
  'year',
  'mileage',
] as const;
type Column = (typeof lotColumns)[number];
const REQUIRED: readonly Column[] = ['title', 'startingBid'];

/** Rows of a file of lots, each with what is wrong with it. Throws Error with a sentence for a file that is no such table. */
export function readLotsCsv(text: string, currency: string): LotRow[] {
  const records = parse(text, {
    bom: true,
    relaxColumnCount: true,
    skipEmptyLines: true,
    trim: true,
    info: true,
  }) as unknown as {
    record: string[];
    info: { lines: number };
  }[];
  const [head, ...rows] = records;
  if (head === undefined) throw new Error('The file is empty.');
  const unknown = head.record.filter((name) => !(lotColumns as readonly string[]).includes(name));
  if (unknown.length > 0)
    throw new Error(`There is no column ${unknown.join(', ')}. Columns: ${lotColumns.join(', ')}.`);
  const missing = REQUIRED.filter((name) => !head.record.includes(name));
  if (missing.length > 0) throw new Error(`The column ${missing.join(' and ')} is missing.`);
  if (rows.length === 0) throw new Error('The file has a head and no rows.');
  return rows.map(({ record, info }) => readRow(head.record, record, info.lines, currency));
}

function readRow(head: readonly string[], record: readonly string[], line: number, currency: string): LotRow {
  const errors: string[] = [];
  if (record.length > head.length) errors.push(`has ${record.length} values for ${head.length} columns`);
  const text = (column: Column): string | undefined => record[head.indexOf(column)] || undefined;
  const money = (column: Column): number | undefined => {
    const value = text(column);
    if (value === undefined) return undefined;
    const read = parseAmount(value, currency);
    if ('minor' in read) return read.minor;
    errors.push(`${column}: “${value}” ${read.wrong}`);
    return undefined;
  };
  const whole = (column: Column): number | undefined => {
    const value = text(column);
    if (value === undefined) return undefined;
    if (!/^\d{1,10}$/.test(value)) errors.push(`${column}: “${value}” is no whole number`);
    return Number(value);
  };
  const title = text('title');
  const startingBid = money('startingBid');
  if (title === undefined) errors.push('title: is missing');
  if (text('startingBid') === undefined) errors.push('startingBid: is missing');
  const reserve = money('reserve');
  const softClose = whole('softCloseSeconds');
  const buyNowPrice = money('buyNowPrice');
  const lot: AddLotBody = {
    title: title ?? '',
    startingBid: startingBid ?? 0,
    // What else a value may be, the server checks: its rules stand in one place.
    ...(text('bidPolicy') && { bidPolicy: text('bidPolicy') as NonNullable<AddLotBody['bidPolicy']> }),
    ...(text('increments') && { increments: text('increments') as NonNullable<AddLotBody['increments']> }),
    ...(reserve !== undefined && { reserve }),
    ...(text('closesAt') && { closesAt: text('closesAt') as string }),
    ...(softClose !== undefined && { softClose: { windowSeconds: softClose, extensionSeconds: softClose } }),
    ...(buyNowPrice !== undefined && { buyNow: { price: buyNowPrice, quantity: whole('buyNowQuantity') ?? 1 } }),
    ...(text('vin') && {
      vehicle: {
        vin: text('vin') as string,
        make: text('make') ?? '',
        model: text('model') ?? '',
        year: whole('year') ?? 0,
        mileage: whole('mileage') ?? 0,
      },
    }),
  };
  return { line, title: title ?? '', lot: errors.length === 0 ? lot : null, errors };
}
