import { Controller, Delete, HttpCode, Post, Req } from '@nestjs/common';
import Type from 'typebox';

import { IssuedKey, IssueKeyBody, KeyParams } from '#contracts/http/keys.js';
import { derivedId } from '#event-store/event-id.js';
import { KeySecrets, makeApiKey, randomSecret } from '../auth/api-key.js';
import { commandContext, done } from '../http/command-context.js';
import { validationFailed } from '../http/problems.js';
import { Route, type RouteRequest } from '../http/route.js';
import { Visibility } from '../http/visibility.js';
import { KeyWriter } from '../writers.js';

const issue = { body: IssueKeyBody };
const revoke = { params: KeyParams };
const Nothing = Type.Null({ description: 'Revoked' });

@Controller()
export class KeysController {
  constructor(
    private readonly keys: KeyWriter,
    private readonly secrets: KeySecrets,
    private readonly visibility: Visibility,
  ) {}

  @Post('api/keys')
  @Route({
    ...issue,
    access: 'admin',
    tag: 'Keys',
    summary: 'Issue an API key',
    command: 'creates',
    answers: { 201: IssuedKey },
  })
  async issue(@Req() request: RouteRequest<typeof issue>): Promise<IssuedKey> {
    const { role, subject, auctionIds = null } = request.body;
    if (auctionIds !== null && role !== 'partner') {
      throw validationFailed([{ field: 'auctionIds', message: 'limits the key of a partner only' }]);
    }
    const context = commandContext(request);
    const isRepeatable = context.requestDigest !== undefined;
    const keyId = isRepeatable ? derivedId('API key', context.commandId) : context.commandId;
    const { key, digest } = makeApiKey(keyId, isRepeatable ? this.secrets.of(keyId) : randomSecret());
    const command = { type: 'IssueKey', keyId, role, subject, digest, auctionIds } as const;
    const { position } = done(await this.keys.execute(keyId, command, { ...context, commandId: keyId }));
    await this.visibility.shown();
    return { keyId, key, role, subject, auctionIds, position };
  }

  @Delete('api/keys/:keyId')
  @HttpCode(204)
  @Route({
    ...revoke,
    access: 'admin',
    tag: 'Keys',
    summary: 'Revoke an API key',
    command: true,
    answers: { 204: Nothing },
    problems: [404],
  })
  async revoke(@Req() request: RouteRequest<typeof revoke>): Promise<void> {
    done(await this.keys.execute(request.params.keyId, { type: 'RevokeKey' }, commandContext(request)));
    await this.visibility.shown();
  }
}
