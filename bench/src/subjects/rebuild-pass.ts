import { join } from 'node:path';
import { openEmbeddedReader } from '#event-store/embedded/embedded-reader.js';
import { buildGeneration } from '#read-models/build-generation.js';
import { projections } from '#read-models/projections/projections.js';
import type { Measured } from '../benchmark.js';
import { answer } from '../process/subject.js';

export interface PassTask {
  /** Of the store. */
  readonly directory: string;
}

/** All the read models anew, in one pass, as `gavel rebuild all` builds them. */
answer<PassTask, Measured>(async ({ directory }) => {
  const reader = openEmbeddedReader(directory);
  const started = performance.now();
  const built = await buildGeneration(Object.values(projections), reader, join(directory, 'read-models'));
  const seconds = (performance.now() - started) / 1_000;
  await reader.close();
  const events = built[0]?.events ?? 0;
  const rows = built.reduce((sum, model) => sum + model.rows, 0);
  return { value: events / seconds, details: { events, 'rows written': rows, seconds } };
});
