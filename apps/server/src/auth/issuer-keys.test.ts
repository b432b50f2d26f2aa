import { jest } from '@jest/globals';
import { TokenIssuer } from '../testing/token-issuer.js';
import { BidderTokens } from './bidder-tokens.js';

describe('the keys of a token issuer', () => {
  let issuer: TokenIssuer;
  let tokens: BidderTokens;
  let laterMs: number;
  beforeEach(async () => {
    issuer = await TokenIssuer.start();
    const { JWT_JWKS_URL = '', JWT_ISSUER = '', JWT_AUDIENCE = '' } = issuer.env;
    tokens = new BidderTokens({ jwksUrl: JWT_JWKS_URL, issuer: JWT_ISSUER, audience: JWT_AUDIENCE });
    laterMs = 0;
    const now = Date.now;
    jest.spyOn(Date, 'now').mockImplementation(() => now() + laterMs);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await issuer.stop();
  });

  const subjectOf = async (sub: string, kid?: string) =>
    (await tokens.principalOf(await issuer.sign({ sub }, undefined, kid)))?.subject;
  const away = { status: 503, code: 'issuer-unavailable' };

  it('serve on while it is away, also when somebody asks for one that does not exist', async () => {
    expect(await subjectOf('ada')).toBe('ada');
    issuer.published = null;
    laterMs = 6_000;
    await expect(subjectOf('eve', 'made-up')).rejects.toMatchObject(away);
    expect(await subjectOf('bob')).toBe('bob');
    await expect(subjectOf('eve', 'another')).rejects.toMatchObject(away);
    expect(await subjectOf('cat')).toBe('cat');
  });

  it('are good for ten minutes without it, and had again when it is back', async () => {
    expect(await subjectOf('ada')).toBe('ada');
    const { published } = issuer;
    issuer.published = null;
    laterMs = 600_001;
    await expect(subjectOf('bob')).rejects.toMatchObject(away);
    issuer.published = published;
    await expect(subjectOf('bob')).rejects.toMatchObject(away);
    laterMs += 5_001;
    expect(await subjectOf('bob')).toBe('bob');
  });

  it('end when it withdraws them', async () => {
    expect(await subjectOf('ada')).toBe('ada');
    issuer.published = { keys: [] };
    laterMs = 600_001;
    expect(await subjectOf('bob')).toBeUndefined();
  });

  it.each([[{}], [{ keys: 'none' }], [null]])('cannot be had where it publishes %j', async (published) => {
    issuer.published = published;
    await expect(subjectOf('ada')).rejects.toMatchObject(away);
  });
});
