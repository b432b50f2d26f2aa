import { Controller, Get, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import { Route } from '../http/route.js';

const Document = Type.Object({}, { additionalProperties: true });

@Controller()
export class OpenApiController {
  @Get('api/openapi.json')
  @Route({ access: 'public', tag: 'Operation', summary: 'This description', answers: { 200: Document } })
  document(@Req() request: FastifyRequest): object {
    return request.server.swagger();
  }
}
