import { endpointFault } from './endpoint-url.js';

const strict = { allowPrivate: false };

describe('the URL of an endpoint', () => {
  it.each(['https://hooks.example.com/gavel?x=1', 'https://hooks.example.com:8443/', 'https://93.184.216.34/'])(
    'may be %s',
    (url) => expect(endpointFault(url, strict)).toBeNull(),
  );

  it.each([
    ['nonsense', 'must be an absolute URL'],
    ['/relative', 'must be an absolute URL'],
    ['http://hooks.example.com/', 'must begin with https://'],
    ['ftp://hooks.example.com/', 'must begin with https://'],
    ['file:///etc/passwd', 'must begin with https://'],
    ['https://ada:secret@hooks.example.com/', 'must carry no user name and no password'],
    ['https://hooks.example.com/#part', 'must have no fragment'],
    ['https://hooks.example.com:22/', 'must use port 443, or one from 1024'],
    ['https://127.0.0.1/', 'must not lead to a private address'],
    ['https://2130706433/', 'must not lead to a private address'],
    ['https://0x7f.1/', 'must not lead to a private address'],
    ['https://0177.0.0.1/', 'must not lead to a private address'],
    ['https://169.254.169.254/latest/meta-data', 'must not lead to a private address'],
    ['https://[::1]/', 'must not lead to a private address'],
    ['https://[::ffff:10.0.0.1]/', 'must not lead to a private address'],
    ['https://localhost/', 'must not lead to a private address'],
    ['https://a.localhost./', 'must not lead to a private address'],
  ])('may not be %s', (url, fault) => expect(endpointFault(url, strict)).toBe(fault));

  it('may be http on this machine where the setting says so, and nothing more', () => {
    expect(endpointFault('http://127.0.0.1:8080/', { allowPrivate: true })).toBeNull();
    expect(endpointFault('ftp://127.0.0.1/', { allowPrivate: true })).toBe('must begin with https://');
  });
});
