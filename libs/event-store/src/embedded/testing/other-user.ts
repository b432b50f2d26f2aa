import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { itWith } from '#testing/needs.js';

/** Options of a process for whom the modes of files hold: root may write anywhere, so somebody else runs it. */
export const otherUser: { uid?: number; gid?: number } = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/** `it`, unless this program lies where that user cannot read it. */
export const itAsOtherUser = itWith({ 'a second user who may read this program': mayReadUs() });

function mayReadUs(): boolean {
  const read = `require('node:fs').readFileSync(${JSON.stringify(fileURLToPath(import.meta.url))})`;
  return spawnSync(process.execPath, ['-e', read], otherUser).status === 0;
}
