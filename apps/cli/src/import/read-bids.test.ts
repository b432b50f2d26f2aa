import { EXAMPLE, newFile } from '../testing/run-cli.js';
import { readBids } from './read-bids.js';

const HEADER = 'auctionid,bid,bidtime,bidder,bidderrate,openbid,price,item,auction_type';
const GOOD = '7,12.5,0.25,anna,3,10,12.5,Lamp,3 day auction';

describe('a file of bids', () => {
  it('gives its auctions in order of appearance, each with its bids in order of arrival', async () => {
    const { auctions, bidCount } = await readBids(EXAMPLE);
    expect(bidCount).toBe(20);
    expect(
      auctions.map(({ auctionId, line, title, startingBid, price }) => [auctionId, line, title, startingBid, price]),
    ).toEqual([
      ['1001', 2, 'Brass telescope 1001', 999, 2_600],
      ['1002', 9, 'Sea chart 1002', 100, 2_000],
      ['1003', 15, "Ship's clock 1003", 5_000, 18_000],
      ['1004', 20, 'Marbles, one bag 1004', 99, 99],
    ]);
    // Line 9 came after 10 to 12; lines 11 and 12 came at the same time and keep their order.
    expect(auctions[1]?.bids).toEqual([
      { line: 10, bidder: 'csv:eva+2A1862', amount: 500, at: 0.2 },
      { line: 11, bidder: 'csv:fred', amount: 300, at: 0.9 },
      { line: 12, bidder: 'csv:gus', amount: 400, at: 0.9 },
      { line: 9, bidder: 'csv:eva+2A1862', amount: 2_000, at: 1.4 },
      { line: 13, bidder: 'csv:fred', amount: 1_250, at: 2.2 },
      { line: 14, bidder: 'csv:gus', amount: 2_000, at: 2.21 },
    ]);
  });

  it('may have a byte order mark, CRLF, empty lines, quotes and its columns in any order', async () => {
    const file = await newFile(
      '\uFEFFbidder,auctionid,bid,bidtime,bidderrate,openbid,price,auction_type,item\r\n\r\n"an""na",7,12.5,1.16E-05,NA,10,10,,\r\n',
    );
    const { auctions } = await readBids(file);
    expect(auctions).toEqual([
      {
        auctionId: '7',
        line: 3,
        title: '7',
        startingBid: 1_000,
        price: 1_000,
        bids: [{ line: 3, bidder: 'csv:an+22na', amount: 1_250, at: 0.0000116 }],
      },
    ]);
  });

  it('may end its lines one way and another, and is told of by the right line', async () => {
    const item = (name: string) => GOOD.replace('Lamp,3 day auction', name);
    const lines = [HEADER, '\r\n', item('"a\r\nb",x'), '\n', item('c,"x"'), '\r\n', item('d,x'), '\r'];
    expect((await readBids(await newFile(lines.join('')))).bidCount).toBe(3);
    const bad = await newFile(`${lines.join('')}7,1\r\n`);
    await expect(readBids(bad)).rejects.toThrow(new Error(`${bad}:6: has 2 columns, not 9`));
    const numbers = (await readBids(await newFile(lines.join('')))).auctions[0]?.bids.map(({ line }) => line);
    expect(numbers).toEqual([3, 4, 5]);
  });

  it('may have a line end at the end of every part that is read of it', async () => {
    // The file is read in parts of 64 KiB: a return is the last character of the first one.
    const filler = GOOD.replace('Lamp', 'x'.repeat(65_535 - HEADER.length - 2 - GOOD.length + 4));
    const file = await newFile(`${HEADER}\r\n${filler}\r\n${filler}\r\n7,1\r\n`);
    await expect(readBids(file)).rejects.toThrow(new Error(`${file}:4: has 2 columns, not 9`));
  });

  it('makes one line of an item of several: a title has no control characters', async () => {
    const file = await newFile(`${HEADER}\n${GOOD.replace('Lamp', '"Lamp,\r\nbrass\t1890"')}\n`);
    expect((await readBids(file)).auctions.map(({ title }) => title)).toEqual(['Lamp, brass 1890 7']);
  });

  it.each([
    [
      'no header',
      '',
      ':1: is empty, the columns auctionid,bid,bidtime,bidder,bidderrate,openbid,price,item,auction_type are missing',
    ],
    ['no bid', `${HEADER}\n`, ':2: holds no bid'],
    ['a missing column', `${HEADER.replace('bidtime,', '')}\n`, ':1: lacks the column bidtime'],
    ['a strange column', `${HEADER},colour\n`, ':1: is not a column of this file, or there twice: "colour"'],
    ['a column twice', `${HEADER},bid\n`, ':1: is not a column of this file, or there twice: "bid"'],
    ['a short line', `${HEADER}\n${GOOD}\n7,1\n`, ':3: has 2 columns, not 9'],
    ['no auction', `${HEADER}\n${GOOD.replace('7,', ' ,')}`, ':2, column auctionid: is empty: " "'],
    ['no bidder', `${HEADER}\n${GOOD.replace('anna', '')}`, ':2, column bidder: is empty: ""'],
    ['a negative bid', `${HEADER}\n${GOOD}\n${GOOD.replace('12.5', '-3')}`, ':3, column bid: is negative: "-3"'],
    [
      'a bid of nothing',
      `${HEADER}\n${GOOD.replace('12.5', '0.00')}`,
      ':2, column bid: is nothing: a bid is at least 0.01: "0.00"',
    ],
    [
      'three decimals',
      `${HEADER}\n${GOOD.replace('12.5', '1.125')}`,
      ':2, column bid: has more than two decimals: "1.125"',
    ],
    [
      'a word for a price',
      `${HEADER}\n${GOOD.replace(',10,', ',ten,')}`,
      ':2, column openbid: is not an amount: digits, and at most two decimals behind a point: "ten"',
    ],
    [
      'a negative time',
      `${HEADER}\n${GOOD.replace('0.25', '-0.25')}`,
      ':2, column bidtime: is not a number of days: "-0.25"',
    ],
    [
      'a word for a rating',
      `${HEADER}\n${GOOD.replace('anna,3', 'anna,low')}`,
      ':2, column bidderrate: is not a whole number: "low"',
    ],
    [
      'two prices of one auction',
      `${HEADER}\n${GOOD}\n${GOOD.replace(',12.5,Lamp', ',13,Lamp')}`,
      ':3, column price: differs from line 2 of the same auction: "13"',
    ],
    [
      'a quote left open',
      `${HEADER}\n7,"1\n`,
      ':2: Quote Not Closed: the parsing is finished with an opening quote at line 2',
    ],
  ])('is refused with %s, naming the place', async (_, content, message) => {
    const file = await newFile(content);
    await expect(readBids(file)).rejects.toThrow(new Error(`${file}${message}`));
  });

  it('is refused when it is not UTF-8, so that two names cannot become one', async () => {
    const file = await newFile(Buffer.from(`${HEADER}\n${GOOD.replace('anna', '\xe9')}`, 'latin1'));
    await expect(readBids(file)).rejects.toThrow(new Error(`${file} is not UTF-8 text`));
  });

  it('is refused when it is not there', async () => {
    await expect(readBids('no-such.csv')).rejects.toThrow(new Error('no-such.csv: no such file'));
  });
});
