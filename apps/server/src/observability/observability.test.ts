import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openEmbeddedReader } from '#event-store/embedded/embedded-reader.js';
import { RunningServer } from '../testing/running-server.js';

describe('what an operator sees', () => {
  it('counts bids, commits, requests, lag and delay for Prometheus', async () => {
    const running = await RunningServer.start();
    const bidder = await running.admin.newCaller('bidder', 'ada');
    const { lotId } = await running.admin.openLot();
    await bidder.bid(lotId, 500);
    await bidder.bid(lotId, 400);
    const { body, headers } = await running.admin.as(null).get('/metrics');
    expect(headers.get('content-type')).toContain('text/plain');
    for (const line of [
      'gavel_bids_total{outcome="leading"} 1',
      'gavel_bids_total{outcome="not-highest"} 1',
      'gavel_http_request_seconds_count{method="POST",route="/api/lots/:lotId/bids",status="201"} 2',
      'gavel_held_streams{kind="lots"} 1',
      'gavel_spool_depth 0',
      'gavel_spool_oldest_seconds 0',
      'gavel_spooled_bids_total 0',
    ]) {
      expect(body).toContain(line);
    }
    for (const name of [
      'gavel_store_commit_seconds_bucket',
      'gavel_store_commit_events_sum',
      'gavel_projection_lag_events{model="lots"}',
      'gavel_projection_lag_seconds{model="lots"}',
      'nodejs_eventloop_lag_p99_seconds',
    ]) {
      expect(body).toContain(name);
    }
    await running.stop();
  });

  it('says that the process lives and that its parts work', async () => {
    const running = await RunningServer.start();
    const anybody = running.admin.as(null);
    expect((await anybody.get('/health/live')).body).toEqual({ status: 'ok' });
    const ready = await anybody.get('/health/ready');
    expect(ready).toMatchObject({
      status: 200,
      body: { status: 'ok', checks: { store: 'ok', readModels: 'ok', processManager: 'ok', spool: 'ok' } },
    });
    await running.stop();
  });

  it('sends a span for each request and commit, and hands the trace on to the events', async () => {
    const received: string[] = [];
    const collector = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        received.push(`${request.url} ${Buffer.concat(chunks).toString('utf8')}`);
        response.end('{}');
      });
    });
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
    const running = await RunningServer.start({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint });
    const bidder = await running.admin.newCaller('bidder', 'ada');
    const { lotId } = await running.admin.openLot();
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01` };
    await bidder.post(`/api/lots/${lotId}/bids`, { amount: 500 }, headers);
    await running.server.close();
    const sent = received.join('\n');
    expect(sent).toContain('/v1/traces');
    expect(sent).toContain('POST /api/lots/:lotId/bids');
    expect(sent).toContain('store commit');
    expect(sent).toContain(traceId);
    const store = openEmbeddedReader(running.dataDir);
    const [bid] = (await store.readAll(null, 100, ['BidPlaced'])) ?? [];
    expect(bid?.metadata.traceparent).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
    await store.close();
    await rm(running.dataDir, { recursive: true });
    collector.close();
  });
});
