import { buildGeneration } from '../build-generation.js';
import { projections, type ReadModelName } from '../projections/projections.js';
import { recordAll, small } from './filled-store.js';
import { history } from './history.js';
import { MemoryStore } from './memory-store.js';

// Another process, as `gavel rebuild` is one: arguments are the directory, how many steps its store has, and the models.
const [directory = '', steps = '0', ...names] = process.argv.slice(2);
const store = new MemoryStore();
recordAll(store, [...history(small)].slice(0, Number(steps)));
const built = await buildGeneration(
  names.map((name) => projections[name as ReadModelName]),
  store,
  directory,
);
process.stdout.write(JSON.stringify(built.map(({ name, rows }) => ({ name, rows }))));
