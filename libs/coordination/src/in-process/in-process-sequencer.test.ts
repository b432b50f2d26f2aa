import { describeSequencer } from '../testing/sequencer-suite.js';
import { InProcessSequencer } from './in-process-sequencer.js';

let sequencer: InProcessSequencer;

describeSequencer('memory', {
  open: async (lastStored) => {
    sequencer = new InProcessSequencer(lastStored);
    return sequencer;
  },
  lose: async () => sequencer.forgetAll(),
});

it('has no number while the stream cannot be read, and one as soon as it can', async () => {
  let away = true;
  const reading = new InProcessSequencer(async () => {
    if (away) throw new Error('the store is away');
    return 5;
  });
  expect(await reading.draw('lot')).toBe(null);
  away = false;
  expect(await reading.draw('lot')).toBe(6);
});
