import { openEmbeddedStore } from '../embedded-store.js';

/** A process that holds a store open, or says why it cannot. */
const store = await openEmbeddedStore({ directory: process.argv[2] as string }).catch((error: Error) => error);
if (store instanceof Error) console.log(`${store.name}: ${store.message}`);
else {
  console.log('open');
  setInterval(() => {}, 1_000);
}
