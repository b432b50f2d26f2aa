import { createHmac } from 'node:crypto';
import { Compile } from 'typebox/compile';
import { Alias } from '#contracts/public-events/public-catalogue.js';
import { BidderAliases } from './bidder-aliases.js';

const spring = '018f0000-0000-7000-8000-00000000000a';
const autumn = '018f0000-0000-7000-8000-00000000000b';
const { of } = new BidderAliases('a-key-of-this-test');

describe('an alias', () => {
  it('is the same for a bidder in one auction, in every process that has the key', () => {
    expect(of('ada', spring)).toBe(new BidderAliases('a-key-of-this-test').of('ada', spring));
  });

  it('tells bidders apart, and differs from auction to auction', () => {
    const all = [of('ada', spring), of('bob', spring), of('ada', autumn), of('bob', autumn)];
    expect(new Set(all).size).toBe(4);
  });

  it('cannot be made without the key', () => {
    expect(new BidderAliases('another-key').of('ada', spring)).not.toBe(of('ada', spring));
  });

  it('is HMAC-SHA256, as the contract shows it', () => {
    const digest = createHmac('sha256', 'a-key-of-this-test').update(`${spring}/ada`).digest();
    expect(of('ada', spring)).toBe(`bidder-${digest.subarray(0, 16).toString('base64url')}`);
    expect(Compile(Alias).Check(of('ada', spring))).toBe(true);
  });
});
