import { until } from '#testing/until.js';
import type { DeliveryRecord } from './delivery-record.js';
import { RETRY_DELAYS_MS } from './retry-schedule.js';
import { Delivering } from './testing/delivering.js';

describe('dead letters', () => {
  it('go to the topic once, and again only when it did not take them', async () => {
    const published: DeliveryRecord[][] = [];
    let away = true;
    const delivering = await Delivering.start({
      publish: async (letters) => {
        if (away) throw new Error('the broker is away');
        published.push([...letters]);
      },
    });
    const webhookId = await delivering.subscribe();
    delivering.post.answer = () => ({ status: 500 });
    const [id] = delivering.publish(1);
    await until(() => delivering.post.sent.length === 1);
    await delivering.settled();
    for (const delay of RETRY_DELAYS_MS) await delivering.advance(delay);
    await delivering.advance(0);
    expect(delivering.errors).toContain('dead letters could not be published: trying again');
    away = false;
    await delivering.advance(0);
    await delivering.advance(0);
    expect(published).toMatchObject([[{ webhookId, eventId: id, state: 'dead', attempts: 10, error: 'status 500' }]]);
    await delivering.close();
  });

  it('stay for thirty days', async () => {
    const delivering = await Delivering.start();
    const webhookId = await delivering.subscribe();
    delivering.post.answer = () => ({ status: 500 });
    delivering.publish(1);
    await until(() => delivering.post.sent.length === 1);
    await delivering.settled();
    for (const delay of RETRY_DELAYS_MS) await delivering.advance(delay);
    const statesAfter = (milliseconds: number) => {
      delivering.clock.advance(milliseconds);
      for (let second = 0; second < 60; second += 1) delivering.dispatcher.tick();
      return delivering.rows(webhookId).map(({ state }) => state);
    };
    const thirtyDays = 30 * 24 * 3_600_000;
    expect(statesAfter(thirtyDays - 1)).toEqual(['dead']);
    expect(statesAfter(2)).toEqual([]);
    await delivering.close();
  });

  it('show in the metrics with their age', async () => {
    const delivering = await Delivering.start();
    await delivering.subscribe();
    delivering.post.answer = () => ({ status: 500 });
    delivering.publish(1);
    await until(() => delivering.post.sent.length === 1);
    await delivering.settled();
    for (const delay of RETRY_DELAYS_MS) await delivering.advance(delay);
    delivering.clock.advance(90_000);
    delivering.dispatcher.observe();
    const text = await delivering.metrics.registry.metrics();
    for (const line of [
      'gavel_webhook_attempts_total{result="failed"} 10',
      'gavel_webhook_dead_total 1',
      'gavel_webhook_dead_letters 1',
      'gavel_webhook_dead_letter_oldest_seconds 90',
      'gavel_webhook_pending_deliveries 0',
      'gavel_webhook_subscriptions{state="active"} 1',
    ]) {
      expect(text).toContain(line);
    }
    await delivering.close();
  });
});
