import { ID_PATTERN } from '#contracts/ids.js';
import { validationFailed } from '../http/problems.js';

/** What the cursors of a list look like: what its keys have behind their last '/'. */
export const cursorForms = {
  position: /^[0-9]{20}$/,
  number: /^[0-9]{12,20}$/,
  id: new RegExp(ID_PATTERN),
} as const;

/** The cursor that goes on behind a row. */
export const cursorOf = (key: string): string => key.slice(key.lastIndexOf('/') + 1);

/** The key that a cursor stands for. Throws 400 for what is no cursor of the list: the page would be empty. */
export function keyBehind(prefix: string, cursor: string | undefined, form: RegExp): string | undefined {
  if (cursor === undefined) return undefined;
  if (!form.test(cursor)) throw validationFailed([{ field: 'query.cursor', message: 'is not a cursor of this list' }]);
  return prefix + cursor;
}
