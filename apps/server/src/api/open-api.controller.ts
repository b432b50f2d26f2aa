import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { Route } from '../http/route.js';

const Document = Type.Object({}, { additionalProperties: true });

@Controller()
export class OpenApiController {
  private json: string | undefined;

  @Get('api/openapi.json')
  @Route({ access: 'public', tag: 'Operation', summary: 'This description', answers: { 200: Document } })
  document(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): string {
    reply.type('application/json; charset=utf-8');
    this.json ??= JSON.stringify(request.server.swagger());
    return this.json;
  }
}
