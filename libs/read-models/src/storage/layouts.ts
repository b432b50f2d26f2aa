import { appended } from './appended.js';
import { changing } from './changing.js';
import type { Layout } from './layout.js';

export const layoutFor = ({ appendOnly }: { readonly appendOnly: boolean }): Layout =>
  appendOnly ? appended : changing;

/** Null: a file that is not complete, or of another program. */
export const layoutOf = (userVersion: unknown): Layout | null =>
  [changing, appended].find(({ format }) => format === userVersion) ?? null;
