/** Throws TypeError for an argument that is no whole number from `least` on. */
export function checkWhole(name: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new TypeError(`${name} must be a whole number from ${least}, not ${value}`);
}
