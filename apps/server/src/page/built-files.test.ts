import { encodingFor } from './built-files.js';

describe('the encoding of a file', () => {
  it.each([
    [undefined, 'identity'],
    ['', 'identity'],
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip;q=1.0, br;q=0.5', 'br'],
    ['gzip, br;q=0', 'gzip'],
    ['GZIP', 'gzip'],
    ['brotli', 'identity'],
    ['br;q=0.0, gzip; q=0', 'identity'],
  ])('is, of %s, %s', (accepted, encoding) => {
    expect(encodingFor(accepted)).toBe(encoding);
  });
});
