import { Controller, Delete, Get, HttpCode, Post, Req } from '@nestjs/common';
import Type from 'typebox';
import { DEFAULT_PAGE, type Page, PageOf, PageQuery } from '#contracts/http/pages.js';
import { SubscribeBody, SubscribedWebhook, WebhookParams, WebhookView } from '#contracts/http/webhooks.js';
import type { Position } from '#event-store/event-store.js';
import { Clock } from '#platform/clock.js';
import { ReadModels } from '#read-models/read-models.js';
import type { WebhookRow } from '#read-models/rows.js';
import type { Principal } from '../auth/principal.js';
import { carriedOn } from '../http/carried-on.js';
import { commandContext, done, principalOf } from '../http/command-context.js';
import { keyReused, notFound, ProblemAnswer, validationFailed } from '../http/problems.js';
import { Route, type RouteRequest } from '../http/route.js';
import { Visibility } from '../http/visibility.js';
import { Turns } from '../process/turns.js';
import { EndpointRules, endpointFault } from '../webhooks/endpoint-url.js';
import { WebhookSecrets } from '../webhooks/signature.js';
import { WebhookHistory } from '../webhooks/webhook-history.js';
import { maySee, webhookView } from '../webhooks/webhook-view.js';
import { WebhookWriter } from '../writers.js';
import { cursorForms, keyBehind } from './list-cursor.js';
import { pageOf } from './page-of.js';

const MAX_SUBSCRIPTIONS = 20;
const subscribe = { body: SubscribeBody };
const one = { params: WebhookParams };
const list = { query: PageQuery };
const about = { access: 'partner', tag: 'Webhooks' } as const;
const Nothing = Type.Null({ description: 'Deleted' });

/** A partner's subscriptions; those of another one are not there for it. */
@Controller()
export class WebhooksController {
  private readonly turns = new Turns();

  constructor(
    private readonly webhooks: WebhookWriter,
    private readonly readModels: ReadModels,
    private readonly visibility: Visibility,
    private readonly history: WebhookHistory,
    private readonly secrets: WebhookSecrets,
    private readonly rules: EndpointRules,
    private readonly clock: Clock,
  ) {}

  @Post('api/webhooks')
  @Route({
    ...about,
    ...subscribe,
    command: 'creates',
    summary: 'Have public events sent to an address',
    answers: { 201: SubscribedWebhook },
    problems: [409],
  })
  async subscribe(@Req() request: RouteRequest<typeof subscribe>): Promise<SubscribedWebhook> {
    const { url, eventTypes = null } = request.body;
    const fault = endpointFault(url, this.rules);
    if (fault !== null) throw validationFailed([{ field: 'url', message: fault }]);
    const principal = principalOf(request);
    const { subject: partner, auctionIds = null } = principal;
    const context = commandContext(request);
    // A repeat under the same idempotency key is about the same subscription, and gets the same secret.
    const webhookId = context.commandId;
    const at = this.clock.now();
    const command = { type: 'Subscribe', webhookId, partner, url, eventTypes, auctionIds, at } as const;
    const { position, revision } = await this.turns.take(partner, async () => {
      await this.refuseBeyondLimit(partner, webhookId);
      return done(await this.webhooks.execute(webhookId, command, context));
    });
    await carriedOn(this.visibility.reach(this.readModels.webhooks, position));
    const row = await this.rowBehind(webhookId, revision);
    // Made with a wider key of the same subject: for this one it is not there, and the secret tells what it must not see.
    if (!maySee(principal, row)) throw keyReused();
    return { ...webhookView(row), secret: this.secrets.of(webhookId, row.generation) };
  }

  @Get('api/webhooks')
  @Route({ ...about, ...list, summary: "The caller's subscriptions", answers: { 200: PageOf(WebhookView) } })
  list(@Req() request: RouteRequest<typeof list>): Page<WebhookView> {
    const { limit = DEFAULT_PAGE, cursor } = request.query;
    const principal = principalOf(request);
    const prefix = `${principal.subject}/`;
    const after = keyBehind(prefix, cursor, cursorForms.id);
    const found = this.readModels.webhooks.scan({ prefix, limit: limit + 1, ...(after !== undefined && { after }) });
    const page = pageOf(found, limit, (row) => row);
    return { ...page, items: page.items.filter((row) => maySee(principal, row)).map(webhookView) };
  }

  @Get('api/webhooks/:webhookId')
  @Route({ ...about, ...one, summary: 'A subscription', answers: { 200: WebhookView }, problems: [404] })
  one(@Req() request: RouteRequest<typeof one>): WebhookView {
    return webhookView(this.find(principalOf(request), request.params.webhookId));
  }

  @Delete('api/webhooks/:webhookId')
  @HttpCode(204)
  @Route({ ...about, ...one, command: true, summary: 'End it', answers: { 204: Nothing }, problems: [404] })
  async delete(@Req() request: RouteRequest<typeof one>): Promise<void> {
    const { position } = await this.change(request, 'Delete');
    await carriedOn(this.visibility.reach(this.readModels.webhooks, position));
  }

  @Post('api/webhooks/:webhookId/enable')
  @HttpCode(200)
  @Route({
    ...about,
    ...one,
    command: true,
    summary: 'Deliver again what is disabled: everything that has come since, in order',
    answers: { 200: WebhookView },
    problems: [404],
  })
  async enable(@Req() request: RouteRequest<typeof one>): Promise<WebhookView> {
    return webhookView(await this.changed(request, 'Enable'));
  }

  @Post('api/webhooks/:webhookId/rotate-secret')
  @HttpCode(200)
  @Route({
    ...about,
    ...one,
    command: true,
    summary: 'A new secret; the one before stays valid for a day',
    answers: { 200: SubscribedWebhook },
    problems: [404],
  })
  async rotate(@Req() request: RouteRequest<typeof one>): Promise<SubscribedWebhook> {
    const row = await this.changed(request, 'RotateSecret');
    return { ...webhookView(row), secret: this.secrets.of(row.webhookId, row.generation) };
  }

  private async change(
    request: RouteRequest<typeof one>,
    type: 'Delete' | 'Enable' | 'RotateSecret',
  ): Promise<{ readonly position: Position; readonly revision: number }> {
    const { webhookId } = request.params;
    const principal = principalOf(request);
    const { subject: partner, auctionIds } = principal;
    // Where there is no row, as behind a deletion, the stream knows whether this is a repeat. A limited key is not told even that.
    const row = this.readModels.webhooks.get(`${partner}/${webhookId}`);
    if (row === null ? auctionIds != null : !maySee(principal, row)) throw notFound('webhook');
    const command = { type, partner, at: this.clock.now() } as const;
    const outcome = await this.webhooks.execute(webhookId, command, commandContext(request));
    // The webhook of another subject is stale too for whoever guesses at its revision, and is not there like any other.
    if (row === null && outcome.kind === 'stale') throw notFound('webhook');
    return done(outcome);
  }

  private async changed(request: RouteRequest<typeof one>, type: 'Enable' | 'RotateSecret'): Promise<WebhookRow> {
    const { position, revision } = await this.change(request, type);
    await carriedOn(this.visibility.reach(this.readModels.webhooks, position));
    return this.rowBehind(request.params.webhookId, revision);
  }

  /** As the command left it: so a repeat gets the first answer, and the secret that was told then. */
  private async rowBehind(webhookId: string, revision: number): Promise<WebhookRow> {
    const row = await carriedOn(this.history.rowBehind(webhookId, revision));
    if (row === null) throw notFound('webhook');
    return row;
  }

  private find(principal: Principal, webhookId: string): WebhookRow {
    const row = this.readModels.webhooks.get(`${principal.subject}/${webhookId}`);
    if (row === null || !maySee(principal, row)) throw notFound('webhook');
    return row;
  }

  /** Exact for whoever has the turn of the partner: every subscription that is stored is counted. */
  private async refuseBeyondLimit(partner: string, webhookId: string): Promise<void> {
    const webhooks = await this.visibility.upToDate(this.readModels.webhooks);
    const own = webhooks.scan({ prefix: `${partner}/`, limit: MAX_SUBSCRIPTIONS });
    if (own.length < MAX_SUBSCRIPTIONS || own.some(({ row }) => row.webhookId === webhookId)) return;
    throw new ProblemAnswer(409, 'webhook-limit-reached', `A partner has at most ${MAX_SUBSCRIPTIONS} webhooks.`);
  }
}
