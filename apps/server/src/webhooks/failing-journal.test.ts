import { jest } from '@jest/globals';
import { StoreUnavailable } from '#event-store/event-store.js';
import { until } from '#testing/until.js';
import { Delivering } from './testing/delivering.js';

const PATIENCE_MS = 25_000;
const ids = (deliveries: readonly { headers: { 'webhook-id': string } }[]) =>
  deliveries.map(({ headers }) => headers['webhook-id']);

describe('a journal that fails', () => {
  const full = () => {
    throw new Error('the disk is full');
  };

  it('keeps nothing for good: lanes that were not committed are committed again, though nothing was attempted', async () => {
    const delivering = await Delivering.start();
    const { journal } = delivering;
    const commit = jest.spyOn(journal, 'commit').mockImplementationOnce(full);
    const webhookId = await delivering.subscribe();
    expect(commit).toHaveBeenCalledTimes(1);
    expect(delivering.dispatcher.failure).toBe('the disk is full');
    await until(() => delivering.dispatcher.failure === null);
    expect(journal.webhookIds()).toEqual([webhookId]);
    await delivering.close();
  });

  it('is not failing any more once what it could not take is deleted', async () => {
    const delivering = await Delivering.start();
    const commit = jest.spyOn(delivering.journal, 'commit').mockImplementation(full);
    const webhookId = await delivering.subscribe();
    expect(delivering.dispatcher.failure).toBe('the disk is full');
    await delivering.change(webhookId, 'Delete');
    commit.mockRestore();
    await until(() => delivering.dispatcher.failure === null);
    await delivering.close();
  });

  it('pauses deliveries when a thousand outcomes wait for it, and sends all of them once when it can be written again', async () => {
    const delivering = await Delivering.start();
    const { journal, dispatcher, post } = delivering;
    const webhookId = await delivering.subscribe();
    const commit = jest.spyOn(journal, 'commit').mockImplementation(full);
    const published = delivering.publish(1_500);
    await until(() => post.sent.length >= 1_000, PATIENCE_MS);
    const waiting = delivering.errors.length;
    await until(() => delivering.errors.length > waiting, PATIENCE_MS);
    expect(post.sent.length).toBeLessThanOrEqual(1_008);
    expect(() => dispatcher.redeliver(webhookId, published[0] as string)).toThrow(StoreUnavailable);
    dispatcher.observe();
    expect(await delivering.metrics.registry.metrics()).toContain('gavel_webhook_journal_failing 1');
    commit.mockRestore();
    await until(() => post.sent.length === 1_500, PATIENCE_MS);
    await delivering.settled();
    expect(ids(post.sent)).toEqual(published);
    dispatcher.observe();
    expect(await delivering.metrics.registry.metrics()).toContain('gavel_webhook_journal_failing 0');
    expect(dispatcher.redeliver(webhookId, published[1_499] as string)).toBe(1);
    await delivering.settled();
    await delivering.close();
  }, 90_000);

  it('that cannot be read keeps nobody out for good: a new webhook is taken up with the next tick, and until then one is told why', async () => {
    const delivering = await Delivering.start();
    jest.spyOn(delivering.journal, 'lanes').mockImplementationOnce(full);
    const webhookId = await delivering.subscribe();
    expect(delivering.dispatcher.failure).toBe('the disk is full');
    delivering.dispatcher.observe();
    expect(await delivering.metrics.registry.metrics()).toContain('gavel_webhook_journal_failing 1');
    await delivering.advance(0);
    expect(delivering.dispatcher.failure).toBeNull();
    const published = delivering.publish(1);
    expect(ids(await delivering.sentTo(webhookId, 1))).toEqual(published);
    await delivering.close();
  });

  it('does not end the process: what is due is attempted when it can be read again', async () => {
    const delivering = await Delivering.start();
    await delivering.subscribe();
    delivering.post.answer = () => ({ status: 500 });
    delivering.publish(1);
    await until(() => delivering.post.sent.length === 1);
    await delivering.settled();
    jest.spyOn(delivering.journal, 'due').mockImplementationOnce(full);
    await delivering.advance(5_000);
    expect(delivering.errors).toEqual(['the journal of the webhooks fails: trying again']);
    expect(delivering.dispatcher.failure).toBe('the disk is full');
    await delivering.advance(0);
    expect(delivering.dispatcher.failure).toBeNull();
    expect(delivering.post.sent).toHaveLength(2);
    jest.spyOn(delivering.journal, 'deadLetters').mockImplementationOnce(full);
    delivering.dispatcher.observe();
    expect(await delivering.metrics.registry.metrics()).toContain('gavel_webhook_journal_failing 1');
    await delivering.close();
  });
});
