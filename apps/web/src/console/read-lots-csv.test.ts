import { readLotsCsv } from './read-lots-csv.js';

describe('a file of lots', () => {
  it('becomes lots, each with the line it stands on', () => {
    const text =
      '\uFEFFtitle,startingBid,reserve,softCloseSeconds,vin,make,model,year,mileage\n"Car, blue",100.50,200,30,1HGCM82633A004352,Honda,Accord,2003,98000\n\nChair,5,,,,,,,\n';
    expect(readLotsCsv(text, 'USD')).toEqual([
      {
        line: 2,
        title: 'Car, blue',
        errors: [],
        lot: {
          title: 'Car, blue',
          startingBid: 10_050,
          reserve: 20_000,
          softClose: { windowSeconds: 30, extensionSeconds: 30 },
          vehicle: { vin: '1HGCM82633A004352', make: 'Honda', model: 'Accord', year: 2003, mileage: 98_000 },
        },
      },
      { line: 4, title: 'Chair', errors: [], lot: { title: 'Chair', startingBid: 500 } },
    ]);
  });

  it('says of each row what is wrong with it, and of the others nothing', () => {
    const rows = readLotsCsv(
      'title,startingBid,buyNowPrice,buyNowQuantity\n,abc,,\nOk,1,,\nCups,0,5.001,many\nPlate,1,2,3,4\n',
      'USD',
    );
    expect(rows.map(({ line, errors }) => [line, errors])).toEqual([
      [2, ['startingBid: “abc” is no amount as in 1,234.50', 'title: is missing']],
      [3, []],
      [4, ['buyNowPrice: “5.001” has more than 2 decimals']],
      [5, ['has 5 values for 4 columns']],
    ]);
    expect(rows.map(({ lot }) => lot === null)).toEqual([true, false, true, true]);
  });

  it.each([
    ['', 'The file is empty.'],
    ['title,startingBid\n', 'The file has a head and no rows.'],
    ['title\nA\n', 'The column startingBid is missing.'],
    ['title,startingBid,colour\nA,1,red\n', 'There is no column colour.'],
  ])('that is none is refused with a sentence: %j', (text, sentence) => {
    expect(() => readLotsCsv(text, 'USD')).toThrow(sentence);
  });
});
