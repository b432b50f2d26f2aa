import type { Comparison, Side } from '../benchmark.js';
import { figure, ratioText } from './figure.js';
import { goalText } from './lines.js';
import { isMet, medianDetails, medianValue, ratioOf, ratios } from './median.js';

/** The tables of docs/performance.md: medians, and in brackets the ratio of each round. */
export function markdown(comparisons: readonly Comparison[]): string {
  return [summary(comparisons), details(comparisons)].join('\n');
}

function summary(comparisons: readonly Comparison[]): string {
  const rows = comparisons.map((comparison) => {
    const { benchmark, what, ours, limit } = comparison;
    const each = ratios(comparison).map(ratioText).join(', ');
    return row([
      `\`${benchmark}\``,
      what,
      valueText(ours),
      valueText(limit),
      `**${ratioText(ratioOf(comparison))}** (${each})`,
      goalText(comparison),
      metText(comparison),
    ]);
  });
  return table(['benchmark', 'what', 'Gavel', 'its limit', 'ratio', 'goal', 'met'], rows);
}

function details(comparisons: readonly Comparison[]): string {
  const rows = comparisons.flatMap(({ benchmark, what, ours, limit }) =>
    [ours, limit].flatMap((side) =>
      medianDetails(side.rounds).map(([name, value]) =>
        row([`\`${benchmark}\``, what, side.name, name, figure(value), spread(side, name)]),
      ),
    ),
  );
  return table(['benchmark', 'what', 'of', 'figure', 'median', 'rounds'], rows);
}

const valueText = ({ name, unit, rounds }: Side): string => `${figure(medianValue(rounds))} ${unit} (${name})`;

function metText(comparison: Comparison): string {
  const met = isMet(comparison.goal, ratioOf(comparison));
  return met === null ? '-' : met ? 'yes' : '**no**';
}

const spread = ({ rounds }: Side, name: string): string =>
  rounds.map(({ details: found }) => (found[name] === undefined ? '-' : figure(found[name]))).join('; ');

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const table = (heads: readonly string[], rows: readonly string[]): string =>
  [row(heads), row(heads.map(() => '---')), ...rows, ''].join('\n');
