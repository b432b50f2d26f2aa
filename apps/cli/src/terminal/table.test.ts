import { printable, table } from './table.js';

describe('a table', () => {
  const columns = [{ head: 'lot' }, { head: 'price', align: 'right' as const }];

  it('has a line for each row, its columns two blanks apart', () => {
    const rows = [
      ['a watch', 12],
      ['b', null],
    ];
    expect(table(columns, rows)).toBe('lot      price\na watch     12\nb            -\n');
  });

  it('shows control and direction characters as codes, so that stored text cannot steer the terminal', () => {
    expect(printable('a\u001b[2Jb\nc\u202ed')).toBe('a\\u{1b}[2Jb\\u{a}c\\u{202e}d');
    expect(table(columns, [['\u0007', 1]])).toBe('lot    price\n\\u{7}      1\n');
  });
});
