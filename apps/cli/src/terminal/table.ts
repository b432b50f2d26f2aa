import Table from 'cli-table3';

export interface Column {
  readonly head: string;
  readonly align?: 'left' | 'right';
}

/** No frames, no colours: columns two blanks apart, which read as well in a file as on a screen. */
const PLAIN = {
  chars: {
    top: '',
    'top-mid': '',
    'top-left': '',
    'top-right': '',
    bottom: '',
    'bottom-mid': '',
    'bottom-left': '',
    'bottom-right': '',
    left: '',
    'left-mid': '',
    mid: '',
    'mid-mid': '',
    right: '',
    'right-mid': '',
    middle: '  ',
  },
  style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
};

export type Row = readonly (string | number | null)[];

/** A small table as text, one line for each row. */
export function table(columns: readonly Column[], rows: readonly Row[]): string {
  const rendered = new Table({ ...PLAIN, colAligns: columns.map((column) => column.align ?? 'left') });
  rendered.push(columns.map((column) => column.head));
  for (const row of rows) rendered.push(row.map((cell) => printable(String(cell ?? '-'))));
  const lines = rendered.toString().split('\n');
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

/** Text from outside must not steer the terminal: control and direction characters are shown as their code. */
export const printable = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
