import { chmodSync, copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { openReadModels } from '../read-models.js';
import { replacePointer } from '../storage/serving-pointer.js';
import { expectedRows } from './expected-rows.js';
import { halfFilledStore, recordAll } from './filled-store.js';
import { caughtUp, servedRows } from './served-rows.js';
import { TestLog } from './test-log.js';
import { dropRights } from './unprivileged.js';

// A server that is to take a generation that it may not write, and that is started again on it. The argument is the directory.
const [directory = ''] = process.argv.slice(2);
dropRights();
const { store, rest } = halfFilledStore();
const log = new TestLog();
const models = await openReadModels({ directory, store, log });
log.lines.length = 0;
const [serving, next] = [join(directory, 'bids.v2.g1.db'), join(directory, 'bids.v2.g2.db')];
copyFileSync(serving, next);
chmodSync(next, 0o444);
replacePointer(directory, [{ name: 'bids', version: 2, generation: 2 }]);
while (existsSync(serving) && log.lines.length === 0) await pause(5);
const adopted = [...log.lines];
recordAll(store, rest);
await caughtUp(models, store);
const served = existsSync(serving) && isDeepStrictEqual(servedRows(models), expectedRows(store.events));
await models.close();
log.lines.length = 0;
const again = await openReadModels({ directory, store, log });
await again.close();
chmodSync(join(directory, 'serving.lock'), 0o444);
const locked = await openReadModels({ directory, store }).then(
  () => null,
  (error: Error) => error.message,
);
process.stdout.write(JSON.stringify({ adopted, served, started: log.lines, locked }));
