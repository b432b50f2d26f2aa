import { describeWith } from '#testing/needs.js';
import { RedisServer, redisNeeds } from '#testing/redis-server.js';
import { TcpProxy } from '#testing/tcp-proxy.js';
import { until } from '#testing/until.js';
import { luaScript, RedisLink } from './redis-link.js';

/** As long as an answer may take here, where others use the machine; a silent Redis is waited for so long. Milliseconds. */
const answerMs = 1_000;
const ECHO = luaScript('echo', 'return ARGV[1]');

describeWith(redisNeeds, 'a connection to Redis', () => {
  let redis: RedisServer;
  let network: TcpProxy;
  let link: RedisLink;
  const seen: string[] = [];
  beforeAll(async () => {
    redis = await RedisServer.start();
  });
  beforeEach(async () => {
    seen.length = 0;
    network = await TcpProxy.start(redis.port);
    link = await RedisLink.open(`redis://127.0.0.1:${network.port}`, {
      answerMs,
      onAnswer: (script) => seen.push(`answer ${script}`),
      onFallback: (script) => seen.push(`fallback ${script}`),
      onChange: (away) => seen.push(away === null ? 'there' : 'away'),
    });
  });
  afterEach(async () => {
    await link.close();
    await network.close();
  });
  afterAll(() => redis.stop());
  const echo = (text: string) => link.run(ECHO, 'key', [text]);

  it('answers, and says so', async () => {
    expect(await echo('a')).toBe('a');
    expect(link.away).toBe(null);
    expect(seen).toEqual(['there', 'answer echo']);
  });

  it('waits once for a Redis that has gone silent, then nobody waits, and it is asked again once it answers', async () => {
    network.blackHole();
    expect(await Promise.all([echo('a'), echo('b')])).toEqual([null, null]);
    expect(link.away).not.toBe(null);
    const sent = seen.length;
    expect(await Promise.all(Array.from({ length: 100 }, () => echo('c')))).toEqual(new Array(100).fill(null));
    expect(seen.slice(sent)).toEqual(new Array(100).fill('fallback echo'));
    await network.heal();
    await until(() => link.away === null);
    expect(await echo('d')).toBe('d');
    expect(seen.filter((what) => what === 'away' || what === 'there')).toEqual(['there', 'away', 'there']);
  });

  it('finds a frozen Redis again when it thaws', async () => {
    redis.freeze();
    expect(await echo('a')).toBe(null);
    redis.thaw();
    await until(() => link.away === null);
    expect(await echo('b')).toBe('b');
  });

  it('finds a Redis again that was killed and has forgotten its scripts', async () => {
    await echo('a');
    await redis.kill();
    expect(await echo('b')).toBe(null);
    await redis.restartEmpty();
    await until(() => link.away === null);
    expect(await echo('c')).toBe('c');
  });

  it('is there although Redis is not, and finds it when it comes', async () => {
    await network.refuse();
    const early = await RedisLink.open(`redis://127.0.0.1:${network.port}`, { answerMs });
    expect(early.away).not.toBe(null);
    expect(await early.run(ECHO, 'key', ['a'])).toBe(null);
    await network.heal();
    await until(() => early.away === null);
    expect(await early.run(ECHO, 'key', ['b'])).toBe('b');
    await early.close();
  });

  it('takes what Redis refuses as no answer, and goes on asking', async () => {
    expect(await link.run(luaScript('broken', 'return redis.call("GET")'), 'key', [])).toBe(null);
    expect(link.away).toBe(null);
  });

  it('does without a master that has become a replica, and asks it again once it takes writes', async () => {
    const write = luaScript('write', 'redis.call("SET", KEYS[1], ARGV[1]) return 1');
    expect(await link.run(write, 'key', ['a'])).toBe(1);
    await redis.client.replicaof('127.0.0.1', 1);
    expect(await link.run(write, 'key', ['b'])).toBe(null);
    await redis.client.replicaof('NO', 'ONE');
    await until(() => link.away === null);
    while ((await link.run(write, 'key', ['c'])) === null) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await redis.client.get('key')).toBe('c');
  });

  it('closes although Redis is silent', async () => {
    network.blackHole();
    await link.close();
  });
});
