import { Turns } from './turns.js';

const stream = 'lot-1';

describe('the turns of processes that write one stream', () => {
  let now = 0;
  const turnsOf = (own: string) => {
    const turns = new Turns(own, () => now);
    for (let n = 0; n < 50; n += 1) turns.took(20);
    return turns;
  };
  beforeEach(() => {
    now = 1_000;
  });

  it('are none for whoever writes alone, or comes new', () => {
    const turns = turnsOf('a');
    turns.told(stream, 'a');
    expect(turns.waitMs(stream)).toBe(0);
    turns.told(stream, 'b');
    expect(turns.waitMs(stream)).toBe(0);
  });

  it('go to whoever has waited longest; the others wait for as many turns as are before theirs', () => {
    const all = ['a', 'b', 'c'].map(turnsOf);
    const written = (writer: string) => {
      now += 20;
      for (const turns of all) turns.told(stream, writer);
    };
    // Nobody knows of the first events of its own alone; from the second round on everybody knows all.
    for (const writer of ['a', 'b', 'c', 'a', 'b', 'c']) written(writer);
    const waits = () => all.map((turns) => Math.round(turns.waitMs(stream)));
    expect(waits()).toEqual([0, 40, 80]);
    written('a');
    expect(waits()).toEqual([80, 0, 40]);
    now += 30;
    expect(waits()).toEqual([50, 0, 10]);
    written('c');
    expect(waits()).toEqual([40, 0, 80]);
  });

  it('pass over those who have not come, until they write again', () => {
    const turns = turnsOf('a');
    for (const writer of ['b', 'a']) turns.told(stream, writer);
    expect(turns.waitMs(stream)).toBeGreaterThan(0);
    turns.passOver(stream);
    expect(turns.waitMs(stream)).toBe(0);
    for (const writer of ['b', 'a']) turns.told(stream, writer);
    expect(turns.waitMs(stream)).toBeGreaterThan(0);
  });

  it('are not held for whoever has not written for long', () => {
    const turns = turnsOf('a');
    turns.told(stream, 'b');
    now += 1_990;
    turns.told(stream, 'a');
    expect(turns.waitMs(stream)).toBeGreaterThan(0);
    now += 20;
    turns.told(stream, 'a');
    expect(turns.waitMs(stream)).toBe(0);
  });

  it('are short, however slow the store is', () => {
    const turns = turnsOf('a');
    for (let n = 0; n < 50; n += 1) turns.took(5_000);
    for (const writer of ['b', 'c', 'a']) turns.told(stream, writer);
    expect(turns.waitMs(stream)).toBe(200);
  });
});
