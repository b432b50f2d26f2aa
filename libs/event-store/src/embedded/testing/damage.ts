import { closeSync, openSync, readFileSync, statSync, truncateSync, writeSync } from 'node:fs';

/** Writes `bytes` into a file at an offset; a negative one counts from the end. */
export function overwrite(file: string, at: number, bytes: Uint8Array): void {
  const fd = openSync(file, 'r+');
  writeSync(fd, bytes, 0, bytes.length, at < 0 ? statSync(file).size + at : at);
  closeSync(fd);
}

/** Turns all bits of one byte. */
export function flipByte(file: string, at: number): void {
  overwrite(file, at, Uint8Array.of((readFileSync(file)[at] as number) ^ 0xff));
}

export const cutOff = (file: string, bytes: number): void => truncateSync(file, statSync(file).size - bytes);
