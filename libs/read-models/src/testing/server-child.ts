import { setTimeout as pause } from 'node:timers/promises';
import { openReadModels } from '../read-models.js';
import { small } from './filled-store.js';
import { history } from './history.js';
import { MemoryStore } from './memory-store.js';

// A server that is fed the history step by step until somebody kills it. Arguments: the directory, and whether it rebuilds
// all the time. Prints a dot for each step so that the one who kills can choose the moment.
const [directory = '', rebuilds = ''] = process.argv.slice(2);
const store = new MemoryStore();
const models = await openReadModels({ directory, store });
if (rebuilds === 'rebuild') {
  void (async () => {
    for (;;) for (const name of ['lots', 'bids', 'auctions'] as const) await models.rebuild(name);
  })();
}
for (const { stream, events } of history(small)) {
  store.record(stream, events);
  process.stdout.write('.');
  if (store.events.length % 3 === 0) await pause(1);
}
setInterval(() => {}, 1_000);
