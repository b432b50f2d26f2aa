import type { IncomingMessage } from 'node:http';
import { v7 } from 'uuid';
import type { DoubleAuctions } from './double-auctions.js';

export interface Answer {
  readonly status: number;
  readonly answer?: unknown;
}

interface Principal {
  readonly role: string;
  readonly subject: string;
}

const SUBJECT = /^[A-Za-z0-9_-][A-Za-z0-9._@:+|=~-]{0,127}$/;
const KEY_FORM = /^[\x21-\x7e]{1,200}$/;
const problem = (status: number, code: string): Answer => ({ status, answer: { code, detail: `It is ${code}.` } });

/** The routes that an import uses, with credentials and idempotency keys as the server has them. */
export class DoubleRoutes {
  private readonly keys = new Map<string, Principal & { readonly keyId: string }>();
  private readonly done = new Map<string, { readonly request: string; readonly answer: Answer }>();

  constructor(
    private readonly auctions: DoubleAuctions,
    private readonly adminKey: string,
  ) {}

  get validKeys(): number {
    return this.keys.size;
  }

  answer(request: IncomingMessage, text: string): Answer {
    const principal = this.principalOf(request);
    if (principal === null) return problem(401, 'unauthenticated');
    const key = request.headers['idempotency-key'] as string | undefined;
    if (key === undefined) return this.route(request, text, principal);
    if (!KEY_FORM.test(key)) return problem(400, 'validation-failed');
    const id = `${principal.role}:${principal.subject} ${key}`;
    const digest = `${request.method} ${request.url} ${text}`;
    const past = this.done.get(id);
    if (past !== undefined) return past.request === digest ? past.answer : problem(422, 'idempotency-key-reused');
    const answer = this.route(request, text, principal);
    if (answer.status < 300) this.done.set(id, { request: digest, answer });
    return answer;
  }

  private principalOf({ headers }: IncomingMessage): Principal | null {
    const key = headers.authorization?.replace(/^Bearer /, '') ?? '';
    return key === this.adminKey ? { role: 'admin', subject: 'admin' } : (this.keys.get(key) ?? null);
  }

  private route(request: IncomingMessage, text: string, principal: Principal): Answer {
    const { pathname } = new URL(request.url ?? '', 'http://double');
    const [, noun = '', id = '', verb = ''] = pathname.split('/').slice(1);
    const call = [request.method, noun, verb].filter((part) => part !== '').join(' ');
    const body = text === '' ? {} : JSON.parse(text);
    if (call === 'POST lots bids') return this.placeBid(principal, id, body.amount);
    if (call === 'GET me') return { status: 200, answer: principal };
    if (principal.role !== 'admin') return problem(403, 'forbidden');
    switch (call) {
      case 'POST keys':
        return this.issueKey(body);
      case 'DELETE keys':
        for (const [key, { keyId }] of this.keys) if (keyId === id) this.keys.delete(key);
        return { status: 204 };
      case 'POST auctions':
        return { status: 201, answer: { auctionId: this.auctions.create() } };
      case 'POST auctions lots':
        return { status: 201, answer: { lotId: this.auctions.addLot(id, body), auctionId: id } };
      case 'POST auctions start':
        this.auctions.start(id);
        return { status: 200, answer: { auctionId: id, state: 'started' } };
      case 'POST auctions end':
        this.auctions.end(id);
        return { status: 200, answer: { auctionId: id, state: 'ending' } };
      case 'GET lots result':
        return this.result(id);
      default:
        return problem(404, 'not-found');
    }
  }

  private issueKey({ role, subject }: Principal): Answer {
    if (!SUBJECT.test(subject)) return problem(400, 'validation-failed');
    const [keyId, key] = [v7(), `key-${v7()}`];
    this.keys.set(key, { keyId, role, subject });
    return { status: 201, answer: { keyId, key, role, subject } };
  }

  private placeBid({ role, subject }: Principal, lotId: string, amount: number): Answer {
    if (role !== 'bidder') return problem(403, 'forbidden');
    if (!Number.isInteger(amount)) return problem(400, 'validation-failed');
    const placed = this.auctions.placeBid(lotId, subject, amount);
    if ('refusal' in placed) return problem(409, placed.refusal);
    return { status: 201, answer: { lotId, amount, outcome: placed.outcome } };
  }

  private result(lotId: string): Answer {
    const lot = this.auctions.lot(lotId);
    if (lot === null) return problem(404, 'lot-not-found');
    const state = lot.phase === 'sold' || lot.phase === 'passed' ? lot.phase : 'pending';
    const { winnerId = null, amount = null, bidId = null } = lot.winner ?? {};
    return { status: 200, answer: { lotId, state, winnerId, amount, bidId } };
  }
}
