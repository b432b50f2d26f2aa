// Tests run on the compiled code: what is tested is what ships, and worker threads find their files (docs/adr/0003).
/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/dist'],
  testMatch: ['**/*.test.js'],
  transform: {},
  // Suites wait for servers, disks and browsers: three keep two cores busy, where the default would be one.
  maxWorkers: 3,
  testTimeout: 30_000,
};
