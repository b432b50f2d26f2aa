import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { CsvError, type Info, parse } from 'csv-parse';
import { Failure } from '../failure.js';

const MAX_RECORD_CHARACTERS = 65_536;

/** One record of a CSV file: its values by column, and its line, from 1. */
export interface CsvRecord<Column extends string> {
  readonly line: number;
  readonly values: Readonly<Record<Column, string>>;
}

const SHOWN_CHARACTERS = 60;

/** A Failure that names the place: `bids.csv:7, column bid: is negative: "-3"`. */
export function failureAt(file: string, line: number, reason: string, column?: string, value?: string): Failure {
  const place = column === undefined ? `${file}:${line}` : `${file}:${line}, column ${column}`;
  const shown = value === undefined ? '' : `: ${JSON.stringify(value.slice(0, SHOWN_CHARACTERS))}`;
  return new Failure(`${place}: ${reason}${shown}`);
}

/**
 * Reads a CSV file in UTF-8 record by record, whatever its size. Its first line names exactly the `columns`, in any order.
 * `onBytes` sees the file as it is. Throws Failure, which names the file, the line and the column.
 */
export async function readCsv<Column extends string>(
  file: string,
  columns: readonly Column[],
  onRecord: (record: CsvRecord<Column>) => void,
  onBytes: (bytes: Buffer) => void = () => undefined,
): Promise<void> {
  let header: readonly Column[] | undefined;
  const take = (cells: readonly string[], line: number): void => {
    if (header === undefined) header = headerOf(cells, columns, file, line);
    else onRecord({ line, values: valuesOf(cells, header, file, line) });
  };
  const parser = parse({
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    record_delimiter: '\n',
    max_record_size: MAX_RECORD_CHARACTERS,
  });
  try {
    await pipeline(
      createReadStream(file),
      (chunks: AsyncIterable<Buffer>) => decoded(chunks, onBytes, file),
      parser,
      async (records: AsyncIterable<{ info: Info; record: string[] }>) => {
        for await (const { info, record } of records) take(record, info.lines);
      },
    );
  } catch (error) {
    throw readFailure(file, error);
  }
  if (header === undefined) throw failureAt(file, 1, `is empty, the columns ${columns.join(',')} are missing`);
}

/** Bytes that are no UTF-8 are refused, not replaced: two names must not become one. A byte order mark is dropped. */
async function* decoded(chunks: AsyncIterable<Buffer>, onBytes: (bytes: Buffer) => void, file: string) {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const lines = new LineEnds();
  try {
    for await (const chunk of chunks) {
      onBytes(chunk);
      yield lines.next(decoder.decode(chunk, { stream: true }));
    }
    yield lines.next(decoder.decode()) + lines.end();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
      throw new Failure(`${file} is not UTF-8 text`);
    throw error;
  }
}

/** Makes one line end of all kinds: the parser takes the first one for that of the whole file, and counts lines wrong within quotes. */
class LineEnds {
  private isBehindReturn = false;

  /** What ends in a return waits for the next part: a line feed may follow. */
  next(part: string): string {
    const text = this.isBehindReturn ? `\r${part}` : part;
    this.isBehindReturn = text.endsWith('\r');
    return (this.isBehindReturn ? text.slice(0, -1) : text).replace(/\r\n?/g, '\n');
  }

  end(): string {
    return this.isBehindReturn ? '\n' : '';
  }
}

function headerOf<Column extends string>(
  cells: readonly string[],
  columns: readonly Column[],
  file: string,
  line: number,
): readonly Column[] {
  const missing = columns.filter((column) => !cells.includes(column));
  if (missing.length > 0) throw failureAt(file, line, `lacks the column ${missing.join(', ')}`);
  const extra = cells.filter((cell, i) => !columns.includes(cell as Column) || cells.indexOf(cell) !== i);
  if (extra.length > 0)
    throw failureAt(file, line, 'is not a column of this file, or there twice', undefined, extra[0]);
  return cells as readonly Column[];
}

function valuesOf<Column extends string>(
  cells: readonly string[],
  header: readonly Column[],
  file: string,
  line: number,
): Record<Column, string> {
  if (cells.length !== header.length) throw failureAt(file, line, `has ${cells.length} columns, not ${header.length}`);
  return Object.fromEntries(header.map((column, i) => [column, cells[i]])) as Record<Column, string>;
}

function readFailure(file: string, error: unknown): unknown {
  if (error instanceof CsvError) return new Failure(`${file}:${Number(error['lines'] ?? 0)}: ${error.message}`);
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return new Failure(`${file}: no such file`);
  if (code === 'EISDIR' || code === 'EACCES') return new Failure(`${file} cannot be read: ${code}`);
  return error;
}
