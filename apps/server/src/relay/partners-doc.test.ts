import { readFileSync } from 'node:fs';

const read = (path: string) => readFileSync(new URL(`../../../../../${path}`, import.meta.url), 'utf8');

test('docs/partners.md shows the consumer that the tests run, and it has 20 lines', () => {
  const [, shown] = /```js\n([\s\S]*?)```/.exec(read('docs/partners.md')) ?? [];
  expect(shown).toBe(read('docs/examples/consume-events.mjs'));
  expect(shown?.trimEnd().split('\n').length).toBeLessThanOrEqual(20);
});
