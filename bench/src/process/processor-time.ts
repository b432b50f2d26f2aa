import { readFileSync } from 'node:fs';

/** Of the kernel's clock in /proc, on every Linux. */
const TICKS_PER_SECOND = 100;

/** What all threads of a process have used of the processor so far, in user and kernel mode, seconds. */
export function processorSeconds(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name before it may contain anything. See proc(5): utime and stime are the 14th and 15th field.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
