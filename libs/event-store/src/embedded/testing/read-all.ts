import { openEmbeddedReader } from '../embedded-reader.js';

/** A process that reads a store and tells the events' ids. */
const reader = openEmbeddedReader(process.argv[2] as string);
for (const { id } of await reader.readAll(null, 1_000_000)) console.log(id);
await reader.close();
