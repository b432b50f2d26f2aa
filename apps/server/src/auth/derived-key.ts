import { hkdfSync } from 'node:crypto';

/** A key for one purpose: who learns it learns nothing of the others (RFC 5869). */
export const derivedKey = (key: string, purpose: string): string =>
  Buffer.from(hkdfSync('sha256', key, '', `gavel ${purpose}`, 32)).toString('base64');
