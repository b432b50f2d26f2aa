import { largestOf, samplesOf, sumOf } from './prometheus-text.js';

const text = `# HELP gavel_bids_total Bids recorded, by outcome
# TYPE gavel_bids_total counter
gavel_bids_total{outcome="leading"} 12
gavel_bids_total{outcome="out\\"bid, late"} 3 1395066363000
process_resident_memory_bytes 1.5e+8
nothing_yet NaN
`;

describe('Prometheus text', () => {
  it('is read into samples with their labels', () => {
    expect(samplesOf(text)).toEqual([
      { name: 'gavel_bids_total', labels: { outcome: 'leading' }, value: 12 },
      { name: 'gavel_bids_total', labels: { outcome: 'out\\"bid, late' }, value: 3 },
      { name: 'process_resident_memory_bytes', labels: {}, value: 150_000_000 },
      { name: 'nothing_yet', labels: {}, value: Number.NaN },
    ]);
  });

  it('is summed, and tells a missing sample from a zero', () => {
    const samples = samplesOf(text);
    expect([sumOf(samples, 'gavel_bids_total'), largestOf(samples, 'gavel_bids_total')]).toEqual([15, 12]);
    expect([sumOf(samples, 'gavel_other'), largestOf(samples, 'gavel_other')]).toEqual([null, null]);
  });
});
