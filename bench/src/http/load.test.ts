import { Metrics } from './metrics.js';
import { urlIn } from './url-in.js';
import { foundIn } from './wrk.js';

describe('what wrk found', () => {
  const output = (line: string) => `Running 5s test @ http://127.0.0.1:3000\n  Requests/sec:  9.9\n${line}\n`;

  it('is read from the line that the script prints', () => {
    expect(foundIn(output('gavel-bench 50000 5000000 1500 22000 0 0'), 'accepted')).toEqual({
      requests: 50_000,
      requestsPerSecond: 10_000,
      p50Ms: 1.5,
      p99Ms: 22,
    });
  });

  it.each([
    ['gavel-bench 50000 5000000 1500 22000 3 0', 'of 50000 requests 3 were refused and 0 got no answer'],
    ['gavel-bench 50000 5000000 1500 22000 0 2', 'of 50000 requests 0 were refused and 2 got no answer'],
    ['gavel-bench 0 5000000 0 0 0 0', 'wrk got no answer at all'],
    ['gavel-bench 1 2', 'wrk told other figures than it was asked for'],
    ['', 'wrk told no figures'],
  ])('is no figure after %s', (line, message) => {
    expect(() => foundIn(output(line), 'accepted')).toThrow(message);
  });

  it('may be that every request was refused, where that is what is measured', () => {
    expect(foundIn(output('gavel-bench 500 5000000 1500 22000 500 0'), 'refused')).toMatchObject({ requests: 500 });
    expect(() => foundIn(output('gavel-bench 500 5000000 1500 22000 499 0'), 'refused')).toThrow('must be refused');
  });
});

describe('what /metrics tells', () => {
  const metrics = new Metrics(
    '# HELP lag Behind\n# TYPE lag gauge\nlag{model="lots"} 3\nlag{model="bids"} 4.5\n\ncommits_sum 1e3\nlag_seconds 7\n',
  );

  it('is read by name, whatever the labels', () => {
    expect(metrics.values('lag')).toEqual([3, 4.5]);
    expect(metrics.sum('lag')).toBe(7.5);
    expect(metrics.sum('commits_sum')).toBe(1_000);
  });

  it('is missing rather than zero', () => {
    expect(() => metrics.sum('lags')).toThrow('/metrics has no lags');
  });
});

describe('the address of a server', () => {
  it('is found once its line is whole, as an address of this machine that needs no look-up', () => {
    expect(urlIn('Gavel        http://localhost:34')).toBe(undefined);
    expect(urlIn('Gavel        http://localhost:3456\nData')).toBe('http://127.0.0.1:3456');
  });
});
