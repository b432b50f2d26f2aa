import fc from 'fast-check';
import { Compile } from 'typebox/compile';
import { definitionOf } from '#contracts/events/catalogue.js';
import { lotEvents } from '#contracts/events/lot-events.js';
import { biddingTerms, fixedPrice, lotCommands } from '#testing/arbitraries.js';
import { opened } from '#testing/lot-builders.js';
import { play } from '#testing/play.js';
import { lotDecider } from './lot-decider.js';

const fixedPriceTerms = fc
  .tuple(biddingTerms(), fixedPrice)
  .map(([terms, buyNow]) => ({ ...terms, bidPolicy: 'open' as const, buyNow }));
const histories = fc.record({
  terms: fc.oneof(biddingTerms(), fixedPriceTerms),
  group: fc.boolean(),
  commands: lotCommands,
});
const validators = new Map(lotEvents.map(({ type }) => [type, Compile(definitionOf(type).schema)]));

describe('whatever is asked of a lot', () => {
  it('every recorded event fits the schema of its type', () => {
    fc.assert(
      fc.property(histories, ({ terms, group, commands }) => {
        for (const { type, data } of play(lotDecider, commands, opened(terms, group)).flatMap((step) => step.events)) {
          expect([type, validators.get(type)?.Errors(data)]).toEqual([type, []]);
        }
      }),
    );
  });

  it('the same command on the same state gets the same answer, and leaves the state as it was', () => {
    fc.assert(
      fc.property(histories, ({ terms, group, commands }) => {
        for (const { command, before, decision } of play(lotDecider, commands, opened(terms, group))) {
          const copy = JSON.stringify(before);
          expect(lotDecider.decide(command, before)).toEqual(decision);
          expect(JSON.stringify(before)).toBe(copy);
        }
      }),
    );
  });

  it('a refusal or no change records nothing', () => {
    fc.assert(
      fc.property(histories, ({ terms, group, commands }) => {
        for (const { before, decision, after } of play(lotDecider, commands, opened(terms, group))) {
          if (decision.kind !== 'accepted') expect(after).toBe(before);
        }
      }),
    );
  });
});
