/** Whether position `a` lies before `b`: decimal numbers as text, which may be larger than a number can be. */
export const isBehind = (a: string, b: string): boolean => a.length < b.length || (a.length === b.length && a < b);
