import { verifyFiles } from '../verify-files.js';

/** A process that verifies a store's files so many times and tells what it found each time. */
const [, , directory, times] = process.argv as [string, string, string, string];
for (let time = 0; time < Number(times); time += 1) console.log(JSON.stringify(verifyFiles(directory)));
