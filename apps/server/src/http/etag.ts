/** The tags of a list, their weakness left out. */
const TAG = /(?:W\/)?("[\x21\x23-\x7e\x80-\xff]*")/g;
const REVISION = /^"(0|[1-9]\d{0,14})"$/;

const tagsOf = (list: string): string[] => [...list.matchAll(TAG)].map(([, tag = '']) => tag);

/** With them a caller may keep the answer for itself, and asks each time whether it still holds. */
export const tagHeaders = (etag: string) => ({ etag, 'cache-control': 'private, no-cache' });

/** Whether `If-None-Match`, which compares weakly (RFC 9110, 13.1.2), names the representation that there is: a 304 says all. */
export function isKnown(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.trim() === '*' || tagsOf(ifNoneMatch).includes(etag);
}

/**
 * The revisions that `If-Match`, whose form the route has checked, names; tags that are none of ours match nothing. Undefined: `*`,
 * whatever is there. Weak tags count though RFC 9110 (13.1.1) lets them match nothing: proxies that compress weaken ours, which name a
 * revision and not its bytes.
 */
export function revisionsIn(ifMatch: string): readonly number[] | undefined {
  if (ifMatch === '*') return undefined;
  return tagsOf(ifMatch)
    .flatMap((tag) => REVISION.exec(tag)?.[1] ?? [])
    .map(Number);
}
