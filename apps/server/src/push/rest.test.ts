import { until } from '#testing/until.js';
import { Market } from './testing/market.js';

/** The push looks once a second whether anybody is there. */
const TICKS_MS = 2_500;
const ticks = () => new Promise((resolve) => setTimeout(resolve, TICKS_MS));

describe('a push without clients', () => {
  it('rests a minute behind the last one, and wakes for the next', async () => {
    const market = await Market.open([[0]]);
    expect(market.hub.isResting).toBe(true);
    const { client } = market.connect();
    expect(market.hub.isResting).toBe(false);
    market.later(120_000);
    await ticks();
    expect(market.hub.isResting).toBe(false);
    market.push.remove(client);
    market.later(59_000);
    await ticks();
    expect(market.hub.isResting).toBe(false);
    market.later(1_000);
    await until(() => market.hub.isResting);
    market.connect();
    expect(market.hub.isResting).toBe(false);
    await market.close();
  });
});
