import { programAt } from './needs.js';

test('a program is found on the path, or not at all', () => {
  expect(programAt('node')).toMatch(/\/node$/);
  expect(programAt('no-program-of-this-name')).toBeNull();
});
