import { BadSetting, readSettings } from './settings.js';

describe('numbers in settings', () => {
  const NUMBERS = [
    'PORT',
    'KAFKA_PARTITIONS',
    'GAVEL_SPOOL_AFTER_MS',
    'GAVEL_SPOOL_MAX',
    'GAVEL_RATE_LIMIT',
    'GAVEL_PUSH_CONNECTIONS',
    'GAVEL_PUSH_PER_CALLER',
  ];

  it.each(NUMBERS)('are decimal digits and nothing else: %s', (name) => {
    const settings = ['0x10', '0b11', '1e2', '12.0', '+12', ' 12', '12 ', '1_000', '١٢', 'eighty', 'true'];
    for (const value of settings) {
      const bad = new BadSetting(`${name} must be a whole number in decimal digits`);
      expect(() => readSettings({ [name]: value })).toThrow(bad);
    }
  });

  it('are read as they stand, and held against their bounds', () => {
    expect(readSettings({ PORT: '8080', GAVEL_RATE_LIMIT: '0' })).toMatchObject({ port: 8080, rateLimit: 0 });
    expect(readSettings({ PORT: '' }).port).toBe(3000);
    expect(() => readSettings({ PORT: '70000' })).toThrow(new BadSetting('PORT must be <= 65535'));
    expect(() => readSettings({ GAVEL_RATE_LIMIT: '-1' })).toThrow(new BadSetting('GAVEL_RATE_LIMIT must be >= 0'));
  });
});

test.each([
  ['REDIS_URL', 'redis://'],
  ['REDIS_URL', 'redis://:99999'],
  ['REDIS_URL', 'rediss://h:99999'],
  ['JWT_JWKS_URL', 'https://h:99999/keys'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://h:99999'],
])('%s must have a host, and a port that there is: %s', (name, value) => {
  expect(() => readSettings({ [name]: value })).toThrow(new RegExp(`^${name} `));
});
