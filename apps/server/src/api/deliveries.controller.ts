import { Controller, Get, HttpCode, Post, Req } from '@nestjs/common';
import { DEFAULT_PAGE, type Page, PageOf } from '#contracts/http/pages.js';
import { DeliveriesQuery, DeliveryView, RedeliverBody, Redelivery, WebhookParams } from '#contracts/http/webhooks.js';
import type { CommandContext } from '#event-store/stream-writer/command-context.js';
import { ReadModels } from '#read-models/read-models.js';
import type { WebhookRow } from '#read-models/rows.js';
import { Feed } from '../feed/feed.js';
import { commandContext, principalOf } from '../http/command-context.js';
import { notFound, ProblemAnswer, stale, unavailable, validationFailed } from '../http/problems.js';
import { Route, type RouteRequest } from '../http/route.js';
import { sinceIn } from '../http/time-in.js';
import { Partners } from '../partners.js';
import type { Dispatcher } from '../webhooks/dispatcher.js';
import { deliveryView, maySee } from '../webhooks/webhook-view.js';
import { WebhookWriter } from '../writers.js';

const about = { access: 'partner', tag: 'Webhooks' } as const;
const list = { params: WebhookParams, query: DeliveriesQuery };
const again = { params: WebhookParams, body: RedeliverBody };
const CURSOR = /^(0|[1-9]\d{0,19})$/;

/** What became of deliveries. Known to the instance that delivers alone: the others answer 503. */
@Controller()
export class DeliveriesController {
  constructor(
    private readonly readModels: ReadModels,
    private readonly partners: Partners,
    private readonly feed: Feed,
    private readonly webhooks: WebhookWriter,
  ) {}

  @Get('api/webhooks/:webhookId/deliveries')
  @Route({
    ...about,
    ...list,
    summary: 'Deliveries, the newest event first: the last thousand that went well, all others',
    answers: { 200: PageOf(DeliveryView) },
    problems: [404],
  })
  list(@Req() request: RouteRequest<typeof list>): Page<DeliveryView> {
    const { webhookId } = this.find(request);
    const { limit = DEFAULT_PAGE, cursor = null, state = null } = request.query;
    if (cursor !== null && !CURSOR.test(cursor)) {
      throw validationFailed([{ field: 'query.cursor', message: 'is no cursor of this list' }]);
    }
    const found = this.dispatcher().journal.list(webhookId, state, cursor, limit + 1);
    const shown = found.slice(0, limit);
    return {
      items: shown.map(deliveryView),
      nextCursor: found.length > limit ? (shown.at(-1)?.position ?? null) : null,
    };
  }

  @Post('api/webhooks/:webhookId/redeliver')
  @HttpCode(202)
  @Route({
    ...about,
    ...again,
    command: true,
    summary: 'Deliver again: one event, a range, or every dead letter',
    answers: { 202: Redelivery },
    problems: [404, 409, 410],
  })
  async redeliver(@Req() request: RouteRequest<typeof again>): Promise<Redelivery> {
    const { webhookId, disabled } = this.find(request);
    refuseUnclear(request.body);
    const context = commandContext(request);
    const dispatcher = this.dispatcher();
    const earlier = dispatcher.earlier(context);
    if (earlier !== null) return { deliveries: earlier.deliveries };
    await this.refuseStale(webhookId, context);
    if (disabled !== null) {
      throw new ProblemAnswer(409, 'webhook-disabled', 'Enable it first: then what waits is delivered.');
    }
    const redeliver = await this.redelivery(webhookId, request.body, dispatcher);
    return { deliveries: dispatcher.once(webhookId, context, redeliver) };
  }

  /** What is to be done, with all that has to be asked for first. */
  private async redelivery(
    webhookId: string,
    { after, since, until, eventId, dead }: RedeliverBody,
    dispatcher: Dispatcher,
  ): Promise<() => number | null> {
    if (dead === true) return () => dispatcher.redeliver(webhookId, null);
    if (eventId !== undefined) {
      if (dispatcher.journal.find(webhookId, eventId) === null) throw notFound('delivery');
      return () => dispatcher.redeliver(webhookId, eventId);
    }
    const from = await this.feed.positionOf(after, sinceIn('since', since), 'after');
    const end =
      until === undefined ? await this.partners.head() : await this.feed.positionOf(until, undefined, 'until');
    return () => {
      if (end !== null) dispatcher.replay(webhookId, from, end);
      return null;
    };
  }

  private async refuseStale(webhookId: string, { expectedRevisions }: CommandContext): Promise<void> {
    if (expectedRevisions === undefined) return;
    const { revision } = await this.webhooks.load(webhookId);
    if (!expectedRevisions.includes(revision)) throw stale(revision);
  }

  private find(request: RouteRequest<{ params: typeof WebhookParams }>): WebhookRow {
    const principal = principalOf(request);
    const row = this.readModels.webhooks.get(`${principal.subject}/${request.params.webhookId}`);
    if (row === null || !maySee(principal, row)) throw notFound('webhook');
    return row;
  }

  private dispatcher(): Dispatcher {
    const { dispatcher } = this.partners;
    if (dispatcher === null) throw unavailable('webhooks-elsewhere', 'Another instance delivers: ask that one.');
    return dispatcher;
  }
}

/** Exactly one way to say what is to be delivered again. */
function refuseUnclear({ after, since, until, eventId, dead }: RedeliverBody): void {
  const ways = [after, since, eventId, dead].filter((way) => way !== undefined).length;
  if (ways !== 1) throw validationFailed([{ field: 'body', message: 'must name one of after, since, eventId, dead' }]);
  if (until !== undefined && after === undefined && since === undefined) {
    throw validationFailed([{ field: 'until', message: 'goes with after or since' }]);
  }
}
