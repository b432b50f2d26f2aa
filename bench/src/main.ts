import { writeFileSync } from 'node:fs';
import type { Benchmark, Comparison, Run } from './benchmark.js';
import { chosen } from './benchmarks.js';
import { type Options, readOptions, USAGE } from './options.js';
import { Scope } from './process/scope.js';
import { machine, machineText } from './report/machine.js';
import { markdown } from './report/markdown.js';
import { isMet, ratioOf } from './report/median.js';
import { requireTools } from './tools.js';

const tell = (line: string): void => console.log(line);

/** Null when it failed; the others run all the same. */
async function attempt(benchmark: Benchmark, run: Run): Promise<Comparison[] | null> {
  tell(`\n${benchmark.name}`);
  try {
    requireTools(benchmark.tools);
    return await benchmark.run(run);
  } catch (error) {
    console.error(`  FAILED: ${error instanceof Error ? error.message : error}`);
    return null;
  } finally {
    await run.scope.clear();
  }
}

/** Answers the exit code: 1 when a benchmark failed or missed its goal. */
async function runAll(benchmarks: readonly Benchmark[], options: Options): Promise<number> {
  const { rounds, seconds, quick, json } = options;
  const where = machine();
  tell(machineText(where));
  tell(`${rounds} rounds of ${seconds} s${quick ? ', quick: these figures say nothing of speed' : ''}`);
  const scope = new Scope();
  const comparisons: Comparison[] = [];
  let failed = 0;
  for (const benchmark of benchmarks) {
    const found = await attempt(benchmark, { rounds, seconds, quick, scope, tell });
    if (found === null) failed += 1;
    else comparisons.push(...found);
  }
  if (comparisons.length > 0) tell(`\n${machineText(where)}\n\n${markdown(comparisons)}`);
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ machine: where, options, comparisons }, null, 2)}\n`);
  const missed = comparisons.filter((comparison) => isMet(comparison.goal, ratioOf(comparison)) === false).length;
  if (failed > 0) tell(`${failed} of ${benchmarks.length} benchmarks failed`);
  return failed > 0 || (missed > 0 && !quick) ? 1 : 0;
}

function read(): { options: Options; benchmarks: readonly Benchmark[] } {
  try {
    const options = readOptions(process.argv.slice(2));
    return { options, benchmarks: chosen(options.names) };
  } catch (error) {
    console.error(`bench: ${(error as Error).message}\n\n${USAGE}`);
    process.exit(2);
  }
}

const { options, benchmarks } = read();
process.exit(await runAll(benchmarks, options));
