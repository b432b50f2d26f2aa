import { BadConnectionString, parseConnectionString } from './connection-string.js';

const SCHEMES =
  'must begin with esdb://, kurrentdb://, kurrent:// or kdb://, with +discover before the colon for the one name of a cluster';

describe('a connection string', () => {
  it('names hosts, credentials and options, and is shown without the password', () => {
    expect(parseConnectionString('esdb://ada:s%40cret@a:2113,b:2114?tls=true&tlsCAFile=/ca.pem')).toEqual({
      url: 'esdb://ada:s%40cret@a:2113,b:2114?tls=true&tlsCAFile=/ca.pem',
      credentials: { username: 'ada', password: 's@cret' },
      hosts: ['a:2113', 'b:2114'],
      shown: 'esdb://a:2113,b:2114?tls=true&tlsCAFile=/ca.pem',
    });
  });

  it.each([
    ['kurrentdb://h:2113?tls=false', 'esdb://h:2113?tls=false'],
    ['kurrentdb+discover://u:p@cluster.local', 'esdb+discover://u:p@cluster.local'],
    ['kurrent://h:2113?tls=false', 'esdb://h:2113?tls=false'],
    ['kdb+discover://u:p@cluster.local', 'esdb+discover://u:p@cluster.local'],
    ['esdb+discover://u:p@cluster.local', 'esdb+discover://u:p@cluster.local'],
    ['  esdb://h/?tls=false ', 'esdb://h?tls=false'],
  ])('%s is understood as %s', (text, url) => {
    expect(parseConnectionString(text).url).toBe(url);
  });

  it('needs no credentials without TLS: then it has some that no server reads', () => {
    expect(parseConnectionString('esdb://h?tls=false').credentials).toEqual({ username: 'gavel', password: 'gavel' });
  });

  it.each([
    ['h:2113', 'must look like esdb://user:password@host:2113?tls=true'],
    ['postgres://h', SCHEMES],
    ['esdb://h:2113', 'needs user:password@ in front of the host, or tls=false'],
    ['esdb://ada@h', 'needs user:password in front of @, with : and @ in them written as %3A and %40'],
    ['esdb://ada:a:b@h', 'needs user:password in front of @, with : and @ in them written as %3A and %40'],
    ['esdb://ada:100%@h', 'has a user or password with a % that begins no escape: write it as %25'],
    ['esdb://a:b:c?tls=false', 'a:b:c is no host:port'],
    ['esdb://a:99999?tls=false', 'a:99999 is no host:port'],
    ['esdb://h?tls=false&connectionName=a@b', 'has connectionName=a@b, which cannot be'],
    ['esdb+other://h?tls=false', SCHEMES],
    ['esdb://h?tls=maybe', 'has tls=maybe, which cannot be'],
    [
      'esdb://u:p@h?tlsVerifyCert=false',
      'has tlsVerifyCert=false, which cannot be: the client always checks certificates; give your own authority as tlsCAFile',
    ],
    [
      'esdb://u:p@h?nodePreference=follower',
      'has nodePreference=follower, which cannot be: only the leader answers with what was just written',
    ],
    ['esdb://u:p@h?throwOnAppendFailure=false', 'has the option throwOnAppendFailure, which Gavel does not know'],
  ])('%s is refused', (text, message) => {
    expect(() => parseConnectionString(text)).toThrow(new BadConnectionString(message));
  });

  it('is never repeated with its password', () => {
    for (const text of [
      'esdb://ada:secret@h:x',
      'esdb://ada:sec ret@h?a',
      'esdb:/ada:secret@h',
      'esdb://ada:secret@',
    ]) {
      const refusal = (() => {
        try {
          return parseConnectionString(text).shown;
        } catch (error) {
          return (error as Error).message;
        }
      })();
      expect(refusal).not.toContain('sec');
    }
  });
});
