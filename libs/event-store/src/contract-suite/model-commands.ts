import fc from 'fast-check';
import type { AppendResult, EventStore, ExpectedRevision } from '../event-store.js';
import { known, newEvent, newEvents } from './samples.js';
import type { MadeAppend, ModelOutcome, StoreModel } from './store-model.js';

type Command = fc.AsyncCommand<StoreModel, EventStore>;

/** Where an append expects the stream to end: there, or so many events before (negative) or behind it. */
type Aim = number;

/** All that a caller can do, with streams by number and earlier appends by their age. */
export function modelCommands(streams: number): fc.Arbitrary<Command>[] {
  const stream = fc.nat({ max: streams - 1 });
  const aim: fc.Arbitrary<Aim> = fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: -4, max: 3 }));
  const count = fc.integer({ min: 1, max: 4 });
  const age = fc.nat({ max: 10 });
  const revision = fc.nat({ max: 12 });
  return [
    fc.tuple(stream, aim, count).map((values) => new Append(...values)),
    fc.tuple(age).map((values) => new Repeat(...values)),
    fc.tuple(age, fc.nat({ max: 3 })).map((values) => new RepeatWithOtherId(...values)),
    fc.tuple(age).map((values) => new RepeatWithOneMore(...values)),
    fc.tuple(stream, revision, count).map((values) => new Read(...values)),
  ];
}

class Append implements Command {
  constructor(
    readonly stream: number,
    readonly aim: Aim,
    readonly count: number,
  ) {}

  check = () => true;

  async run(model: StoreModel, real: EventStore): Promise<void> {
    const stream = model.streams[this.stream] as string;
    const expected = aimed(model.end(stream), this.aim);
    await runBoth(model, real, { stream, expected, events: newEvents(this.count) });
  }

  toString = () => `append ${this.count} to ${this.stream}, aimed ${this.aim}`;
}

abstract class OfEarlier implements Command {
  constructor(readonly age: number) {}

  check = (model: Readonly<StoreModel>) => model.made.length > this.age;

  async run(model: StoreModel, real: EventStore): Promise<void> {
    await runBoth(model, real, this.change(model.made.at(-1 - this.age) as MadeAppend));
  }

  abstract change(append: MadeAppend): MadeAppend;
  abstract toString(): string;
}

class Repeat extends OfEarlier {
  change = (append: MadeAppend) => append;
  override toString = () => `repeat ${this.age}`;
}

class RepeatWithOtherId extends OfEarlier {
  constructor(
    age: number,
    readonly slot: number,
  ) {
    super(age);
  }

  change = (append: MadeAppend) => ({
    ...append,
    events: append.events.with(this.slot % append.events.length, newEvent()),
  });
  override toString = () => `repeat ${this.age} with another id in slot ${this.slot}`;
}

class RepeatWithOneMore extends OfEarlier {
  change = (append: MadeAppend) => ({ ...append, events: [...append.events, newEvent()] });
  override toString = () => `repeat ${this.age} with one more`;
}

class Read implements Command {
  constructor(
    readonly stream: number,
    readonly from: number,
    readonly count: number,
  ) {}

  check = () => true;

  async run(model: StoreModel, real: EventStore): Promise<void> {
    const stream = model.streams[this.stream] as string;
    const found = await real.readStream(stream, this.from, this.count);
    expect(known(found)).toEqual(model.of(stream).slice(this.from, this.from + this.count));
  }

  toString = () => `read ${this.count} of ${this.stream} from ${this.from}`;
}

function aimed(end: ExpectedRevision, aim: Aim): ExpectedRevision {
  const revision = (end === 'no-stream' ? -1 : end) + aim;
  return revision < 0 ? 'no-stream' : revision;
}

async function runBoth(model: StoreModel, real: EventStore, append: MadeAppend): Promise<void> {
  const result = await real.append(append.stream, append.expected, append.events);
  expect(withoutPlaces(result)).toEqual(model.append(append));
}

const withoutPlaces = (result: AppendResult): ModelOutcome =>
  result.outcome === 'appended' ? { ...result, events: known(result.events) } : result;
