import { id } from '#testing/lot-builders.js';
import type { LastStored, Sequencer } from '../sequencer.js';

export interface SequencerHarness {
  /** A sequencer of an empty world, in front of these streams. */
  open(lastStored: LastStored): Promise<Sequencer>;
  /** Everything that it holds is lost. */
  lose(): Promise<void>;
}

const DRAWS = 10_000;
let lots = 0;

/** What every sequencer must do. Each case has a lot of its own. */
export function describeSequencer(name: string, harness: SequencerHarness): void {
  describe(`${name} as a sequencer`, () => {
    const streams = new Map<string, number>();
    let sequencer: Sequencer;
    let lot: string;
    beforeAll(async () => {
      sequencer = await harness.open(async (lotId) => streams.get(lotId) ?? 0);
    });
    beforeEach(() => {
      lots += 1;
      lot = id(lots);
    });

    const drawMany = async (count: number) =>
      (await Promise.all(Array.from({ length: count }, () => sequencer.draw(lot)))) as number[];

    it('counts a new lot from 1', async () => {
      expect([await sequencer.draw(lot), await sequencer.draw(lot), await sequencer.draw(lot)]).toEqual([1, 2, 3]);
    });

    it('goes on behind what stands in the stream', async () => {
      streams.set(lot, 41);
      expect(await sequencer.draw(lot)).toBe(42);
    });

    it('counts each lot by itself', async () => {
      lots += 1;
      expect([await sequencer.draw(lot), await sequencer.draw(id(lots)), await sequencer.draw(lot)]).toEqual([1, 1, 2]);
    });

    it('gives 10,000 parallel draws each a number of its own, in the order of the calls', async () => {
      expect(await drawMany(DRAWS)).toEqual(Array.from({ length: DRAWS }, (_, i) => i + 1));
    });

    it('never reuses a number of the stream when all is lost between parallel draws', async () => {
      const before = await drawMany(DRAWS / 2);
      streams.set(lot, Math.max(...before));
      await harness.lose();
      const after = await drawMany(DRAWS / 2);
      expect(Math.min(...after)).toBeGreaterThan(Math.max(...before));
      expect(new Set(after).size).toBe(DRAWS / 2);
    });

    it('rises above a number that the stream gave to somebody else', async () => {
      await sequencer.draw(lot);
      sequencer.stored(lot, 70);
      sequencer.stored(lot, 60);
      expect(await sequencer.draw(lot)).toBe(71);
    });
  });
}
