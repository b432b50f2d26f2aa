import type { CreateAuctionBody } from '#contracts/http/auctions.js';
import type { AddLotBody } from '#contracts/http/lots.js';

/** An auction to be made: its own terms and its lots'. */
export interface Sample {
  readonly auction: CreateAuctionBody;
  readonly lots: readonly AddLotBody[];
}

type Pick = <T>(from: readonly T[]) => T;

const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString();
const softClose = { windowSeconds: 15, extensionSeconds: 15, maxExtensions: 20 };

const cars = [
  ['Honda', 'Accord EX-L', 2019, 42_150, 1_450_000],
  ['Toyota', 'RAV4 Hybrid', 2021, 28_400, 2_480_000],
  ['Ford', 'F-150 Lariat', 2018, 71_900, 2_150_000],
  ['Mazda', 'MX-5 Miata', 2016, 38_020, 1_690_000],
  ['Subaru', 'Outback Limited', 2020, 51_300, 1_980_000],
  ['Tesla', 'Model 3 Long Range', 2021, 33_700, 2_390_000],
  ['Volvo', 'V60 Cross Country', 2019, 47_800, 2_040_000],
  ['Jeep', 'Wrangler Rubicon', 2017, 66_500, 2_310_000],
  ['BMW', '330i xDrive', 2020, 39_950, 2_260_000],
  ['Volkswagen', 'Golf GTI', 2018, 58_200, 1_520_000],
] as const;

const collectibles = [
  ['Cartier Tank wristwatch, 1974', 180_000],
  ['Leica M3 with 50 mm Summicron', 145_000],
  ['Eames lounge chair and ottoman', 320_000],
  ['Fender Stratocaster, sunburst, 1979', 210_000],
  ['Omega Speedmaster Professional', 390_000],
  ['Set of six Wegner chairs', 260_000],
  ['First edition, The Left Hand of Darkness', 42_000],
  ['Brass ship’s chronometer, 1910', 96_000],
] as const;

const goods = [
  ['Studio headphones, new in box', 12_900, 60],
  ['Cast-iron skillet, 12 inch', 3_900, 120],
  ['Refurbished e-reader', 7_500, 40],
] as const;

const VIN = 'ABCDEFGHJKLMNPRSTUVWXYZ0123456789';
const vin = (pick: Pick): string => Array.from({ length: 17 }, () => pick([...VIN])).join('');

/** Vehicles under proxy bidding, one closing after the other. */
export const carAuction = (pick: Pick, number: number): Sample => ({
  auction: { title: `Car auction no. ${number}`, closesAt: inSeconds(100), stagger: { stepSeconds: 20 } },
  lots: cars.map(([make, model, year, mileage, worth]) => ({
    title: `${year} ${make} ${model}`,
    startingBid: Math.round(worth * 0.4),
    bidPolicy: 'proxy',
    increments: 'copart',
    reserve: Math.round(worth * 0.75),
    softClose,
    vehicle: { vin: vin(pick), make, model, year, mileage },
  })),
});

/** Open bidding; some lots may also be bought while nobody has bid too much. */
export const collectiblesAuction = (_: Pick, number: number): Sample => ({
  auction: { title: `Watches, design and rare things, sale ${number}`, closesAt: inSeconds(150) },
  lots: collectibles.map(([title, worth], i) => ({
    title,
    startingBid: Math.round(worth * 0.3),
    bidPolicy: 'open',
    softClose,
    ...(i % 3 === 0 && {
      buyNow: { price: Math.round(worth * 1.4), quantity: 1, policy: 'until-price-exceeds' as const },
    }),
  })),
});

/** Several units at a fixed price. */
export const warehouseSale = (_: Pick, number: number): Sample => ({
  auction: { title: `Warehouse clearance, day ${number}`, closesAt: inSeconds(240) },
  lots: goods.map(([title, price, quantity]) => ({
    title,
    startingBid: 0,
    buyNow: { price, quantity, limitPerBuyer: 10 },
  })),
});

/** Not open yet: the next one to begin by itself. */
export const eveningSale = (pick: Pick, number: number): Sample => ({
  ...collectiblesAuction(pick, number),
  auction: { title: `Evening sale ${number}`, opensAt: inSeconds(90), closesAt: inSeconds(270) },
});
