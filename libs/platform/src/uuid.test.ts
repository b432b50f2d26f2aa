import { v5, validate, version } from 'uuid';
import { uuidV5, uuidV7 } from './uuid.js';

const NAMESPACE = new TextEncoder().encode('gavel-event-ids!');

describe('ids', () => {
  it('are version 5 of the namespace, as the uuid package makes them, for names of every kind', () => {
    for (let i = 0; i < 500; i += 1) {
      const name = `lot-${i}/ü€𝄞/${'x'.repeat(i)}`;
      expect(uuidV5(name)).toBe(v5(name, NAMESPACE));
    }
  });

  it('of version 7 are valid, differ, and carry the time in front', () => {
    const before = Date.now();
    const ids = Array.from({ length: 1_000 }, uuidV7);
    expect(ids.every((id) => validate(id) && version(id) === 7)).toBe(true);
    expect(new Set(ids).size).toBe(1_000);
    const time = Number.parseInt((ids[0] ?? '').replace('-', '').slice(0, 12), 16);
    expect(time).toBeGreaterThanOrEqual(before);
    expect(time).toBeLessThanOrEqual(Date.now());
  });
});
