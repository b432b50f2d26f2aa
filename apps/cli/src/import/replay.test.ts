import { EXAMPLE, newFile } from '../testing/run-cli.js';
import { readBids } from './read-bids.js';
import { replay } from './replay.js';
import { inferredReserves, reservesFrom } from './reserves.js';

describe('the example file in this process', () => {
  it('closes at the recorded prices where there was no reserve', async () => {
    const { auctions } = await readBids(EXAMPLE);
    expect(auctions.map((auction) => replay(auction, null))).toEqual([
      {
        state: 'sold',
        winnerId: 'csv:anna',
        amount: 2_600,
        outcomes: { leading: 3, outbid: 2, 'own-maximum-not-raised': 1, 'below-minimum': 1 },
        price: 2_600,
        leaderMaximum: 3_000,
      },
      {
        state: 'sold',
        winnerId: 'csv:eva+2A1862',
        amount: 2_000,
        outcomes: { leading: 1, outbid: 4, 'maximum-raised': 1 },
        price: 2_000,
        leaderMaximum: 2_000,
      },
      {
        state: 'sold',
        winnerId: 'csv:jun',
        amount: 11_250,
        outcomes: { leading: 4, 'below-minimum': 1 },
        price: 11_250,
        leaderMaximum: 18_000,
      },
      {
        state: 'sold',
        winnerId: 'csv:lea',
        amount: 99,
        outcomes: { 'below-minimum': 1, leading: 1 },
        price: 99,
        leaderMaximum: 350,
      },
    ]);
  });

  it('has a reserve exactly where the price is the hidden maximum of the winner and the rivals do not explain it', async () => {
    const { auctions } = await readBids(EXAMPLE);
    const reserves = inferredReserves(auctions);
    expect([...reserves]).toEqual([['1003', 18_000]]);
    expect(auctions.map((auction) => replay(auction, reserves.get(auction.auctionId) ?? null).amount)).toEqual(
      auctions.map(({ price }) => price),
    );
  });

  it('passes a lot whose reserve is not met', async () => {
    const [first] = (await readBids(EXAMPLE)).auctions;
    expect(first && replay(first, 1_000_000)).toMatchObject({
      state: 'passed',
      winnerId: null,
      amount: null,
      price: 2_600,
    });
  });
});

describe('a file of reserves', () => {
  it('gives the reserve of each auction that it names', async () => {
    const file = await newFile('reserve,auctionid\n179.99,1003\n', 'reserves.csv');
    expect([...(await reservesFrom(file, await readBids(EXAMPLE)))]).toEqual([['1003', 17_999]]);
  });

  it.each([
    ['an auction that the bids lack', 'auctionid,reserve\n9,1\n', `:2, column auctionid: is not in ${EXAMPLE}: "9"`],
    ['an auction twice', 'auctionid,reserve\n1001,1\n1001,2\n', ':3, column auctionid: is there twice: "1001"'],
    ['no reserve', 'auctionid,reserve\n1001,0\n', ':2, column reserve: is nothing: a reserve is at least 0.01: "0"'],
    ['a bad reserve', 'auctionid,reserve\n1001,1.234\n', ':2, column reserve: has more than two decimals: "1.234"'],
    ['other columns', 'auctionid,price\n', ':1: lacks the column reserve'],
  ])('is refused with %s', async (_, content, message) => {
    const file = await newFile(content, 'reserves.csv');
    await expect(reservesFrom(file, await readBids(EXAMPLE))).rejects.toThrow(new Error(`${file}${message}`));
  });
});
