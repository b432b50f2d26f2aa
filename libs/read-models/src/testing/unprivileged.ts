export const isRoot = process.getuid?.() === 0;

/** A user without rights, in every Linux. */
export const NOBODY = 65_534;

/** From here on this process may no more than anybody: what is written for its owner alone stops root in nothing. */
export function dropRights(): void {
  if (!isRoot) return;
  process.setgroups?.([]);
  process.setgid?.(NOBODY);
  process.setuid?.(NOBODY);
}
