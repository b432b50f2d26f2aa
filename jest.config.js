// Tests run on the compiled code: what is tested is what ships, and worker threads find their files (docs/adr/0003).
/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/dist'],
  testMatch: ['**/*.test.js'],
  transform: {},
  testTimeout: 30_000,
};
