import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Registry } from 'prom-client';
import { MemoryEventStore } from '#testing/memory-event-store.js';
import { describeWith, programAt } from '#testing/needs.js';
import { watchAnalytics } from '../analytics/analytics-metrics.js';
import { GroupLagMetrics } from '../relay/group-lag-metrics.js';
import { RelayMetrics } from '../relay/relay-metrics.js';
import { RunningServer } from '../testing/running-server.js';

const folder = new URL('../../../../../monitoring/', import.meta.url);
const text = (file: string): string => readFileSync(new URL(file, folder), 'utf8');

/** Names of metrics in PromQL; a histogram is asked for by its parts. */
const metricsIn = (source: string): string[] => [
  ...new Set([...source.matchAll(/\b(?:gavel|nodejs)_[a-z0-9_]+/g)].map(([name]) => name)),
];

/** Every name in /metrics of a server, and of the parts that a server with Kafka has. */
async function exposed(): Promise<Set<string>> {
  const running = await RunningServer.start();
  const server = (await running.admin.as(null).get<string>('/metrics')).body;
  await running.stop();
  const registry = new Registry();
  const store = new MemoryEventStore();
  new RelayMetrics(registry).watch({ relayed: null, state: 'relaying' } as never, store, { now: () => 0 });
  new GroupLagMetrics(registry, async () => [{ group: 'g', topic: 't', partition: 0, lag: 1 }]);
  watchAnalytics(registry, { position: null }, store, { now: () => 0 });
  const lines = `${server}\n${await registry.metrics()}`.split('\n');
  const types = lines.flatMap((line) => {
    const [, name, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
    if (name === undefined) return [];
    return type === 'histogram' ? [name, `${name}_bucket`, `${name}_sum`, `${name}_count`] : [name];
  });
  return new Set(types);
}

describe('what watches Gavel', () => {
  it.each(['dashboard.json', 'alerts.yml'])('asks in %s for metrics that there are', async (file) => {
    const there = await exposed();
    const asked = metricsIn(text(file));
    expect(asked.length).toBeGreaterThan(8);
    expect(asked.filter((name) => !there.has(name))).toEqual([]);
  });

  it('has a panel and a rule for each of throughput, projection, relay, consumer and analytics lag, spool and dead letters', () => {
    for (const name of [
      'gavel_bids_total',
      'gavel_projection_lag_seconds',
      'gavel_relay_lag_seconds',
      'gavel_consumer_lag',
      'gavel_analytics_lag_seconds',
      'gavel_spool_oldest_seconds',
      'gavel_webhook_dead_letter_oldest_seconds',
    ]) {
      expect([metricsIn(text('dashboard.json')), metricsIn(text('alerts.yml'))]).toEqual([
        expect.arrayContaining([name]),
        expect.arrayContaining([name]),
      ]);
    }
  });

  it('tests every rule', () => {
    const rules = [...text('alerts.yml').matchAll(/- alert: (\w+)/g)].map(([, name]) => name);
    const fired = [...text('alerts.test.yml').matchAll(/alertname: (\w+)\n\s+exp_alerts:\n/g)].map(([, name]) => name);
    expect([...new Set(fired)].sort()).toEqual([...rules].sort());
  });
});

describeWith({ 'promtool (Debian: prometheus)': programAt('promtool') !== null }, 'the alert rules', () => {
  const promtool = (...args: string[]) =>
    execFileSync('promtool', args, { cwd: fileURLToPath(folder), encoding: 'utf8', timeout: 60_000 });

  it('are rules', () => {
    expect(promtool('check', 'rules', 'alerts.yml')).toContain('rules found');
  });

  it('fire when they should, and not before', () => {
    expect(promtool('test', 'rules', 'alerts.test.yml')).toContain('SUCCESS');
  });
});
