import type { Role } from '#contracts/events/key-events.js';
import type { AuctionStateAnswer, AuctionView, CreateAuctionBody } from '#contracts/http/auctions.js';
import type { IssuedKey } from '#contracts/http/keys.js';
import type { AddLotBody, BidAnswer, LotResultView, LotView } from '#contracts/http/lots.js';

// biome-ignore lint/suspicious/noExplicitAny: a test looks at whatever the server answers
export type Answer<Body = any> = { status: number; headers: Headers; body: Body };

/** Calls a running server as one caller. */
export class GavelClient {
  constructor(
    readonly url: string,
    readonly key: string | null,
  ) {}

  as(key: string | null): GavelClient {
    return new GavelClient(this.url, key);
  }

  // biome-ignore lint/suspicious/noExplicitAny: as above
  async call<Body = any>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<Body>> {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(this.key !== null && { authorization: `Bearer ${this.key}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return { status: response.status, headers: response.headers, body: (isJson ? JSON.parse(text) : text) as Body };
  }

  // biome-ignore lint/suspicious/noExplicitAny: as above
  get<Body = any>(path: string, headers?: Record<string, string>): Promise<Answer<Body>> {
    return this.call<Body>('GET', path, undefined, headers);
  }

  // biome-ignore lint/suspicious/noExplicitAny: as above
  post<Body = any>(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer<Body>> {
    return this.call<Body>('POST', path, body, headers);
  }

  /** A client with a new key of the role; for an admin. */
  async newCaller(role: Role, subject: string): Promise<GavelClient> {
    return this.as((await this.expect<IssuedKey>(201, this.post('/api/keys', { role, subject }))).key);
  }

  createAuction(body: CreateAuctionBody = { title: 'An auction' }): Promise<AuctionView> {
    return this.expect(201, this.post<AuctionView>('/api/auctions', body));
  }

  addLot(auctionId: string, body: Partial<AddLotBody> = {}): Promise<LotView> {
    const lot = { title: 'A lot', startingBid: 100, ...body };
    return this.expect(201, this.post<LotView>(`/api/auctions/${auctionId}/lots`, lot));
  }

  run(auctionId: string, step: 'start' | 'end' | 'cancel'): Promise<AuctionStateAnswer> {
    return this.expect(200, this.post<AuctionStateAnswer>(`/api/auctions/${auctionId}/${step}`));
  }

  /** A lot that takes bids, in an auction of its own; for an admin. */
  async openLot(terms: Partial<AddLotBody> = {}): Promise<LotView> {
    const { auctionId } = await this.createAuction();
    const lot = await this.addLot(auctionId, terms);
    await this.run(auctionId, 'start');
    return lot;
  }

  bid(lotId: string, amount: number): Promise<BidAnswer> {
    return this.expect(201, this.post<BidAnswer>(`/api/lots/${lotId}/bids`, { amount }));
  }

  close(lotId: string): Promise<LotResultView> {
    return this.expect(200, this.post<LotResultView>(`/api/lots/${lotId}/close`));
  }

  /** The lot as it is at a position, or now. */
  lot(lotId: string, atLeast?: string): Promise<LotView> {
    return this.expect(
      200,
      this.get<LotView>(`/api/lots/${lotId}${atLeast === undefined ? '' : `?atLeast=${atLeast}`}`),
    );
  }

  /** The body of an answer that must have the status. */
  async expect<Body>(status: number, answer: Promise<Answer<Body>>): Promise<Body> {
    const { status: actual, body } = await answer;
    if (actual !== status) throw new Error(`expected ${status}, got ${actual}: ${JSON.stringify(body)}`);
    return body;
  }
}
