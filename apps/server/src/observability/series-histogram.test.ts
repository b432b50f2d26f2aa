import fc from 'fast-check';
import { Histogram, Registry } from 'prom-client';
import { SeriesHistogram } from './series-histogram.js';

const [name, help, buckets] = ['seconds', 'How long', [0.5, 1, 2.5]];
const sorted = (text: string) => text.trim().split('\n').sort();

describe('a histogram of series', () => {
  it('says what one of prom-client says of the same observations', async () => {
    const observation = fc.record({
      method: fc.constantFrom('GET', 'POST'),
      route: fc.constantFrom('/', '/a"b\\c\nd'),
      value: fc.oneof(fc.constantFrom(0, 0.5, 1, 2.5), fc.double({ min: 0, max: 5, noNaN: true })),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(observation), async (observations) => {
        const [registry, expected] = [new Registry(), new Registry()];
        const ours = new SeriesHistogram({ name, help, buckets, registry });
        const labelNames = ['method', 'route'];
        const theirs = new Histogram({ name, help, buckets, labelNames, registers: [expected] });
        let kept: ReturnType<typeof ours.series> | undefined;
        for (const { method, route, value } of observations) {
          const series =
            kept?.labels.method === method && kept.labels.route === route ? kept : ours.series({ method, route });
          kept ??= series;
          series.observe(value);
          theirs.observe({ method, route }, value);
        }
        expect(sorted(await registry.metrics())).toEqual(sorted(await expected.metrics()));
      }),
    );
  });
});
