import Type, { type Static } from 'typebox';
import { AuctionId } from '../ids.js';
import { Literals } from '../literals.js';
import { scalarOrNull } from '../null-or.js';
import { IsoTime } from '../time.js';
import { PositionToken } from './position.js';

/** Windows that one answer has at most. */
export const MAX_WINDOWS = 1_000;
export const DEFAULT_WINDOWS = 60;

export const AnalyticsQuery = Type.Object(
  {
    window: Type.Optional(Literals(['minute', 'hour', 'day'], { description: 'Length of a window, UTC; `minute`' })),
    from: Type.Optional({
      ...IsoTime,
      description: `The first window has it; by default the last ${DEFAULT_WINDOWS}`,
    } as typeof IsoTime),
    to: Type.Optional({ ...IsoTime, description: 'Windows begin before it; by default now' } as typeof IsoTime),
    auctionId: Type.Optional(AuctionId),
  },
  { additionalProperties: false },
);
export type AnalyticsQuery = Static<typeof AnalyticsQuery>;

const count = (description: string) => Type.Integer({ minimum: 0, description });
const counts = {
  bids: count('Bids that were recorded'),
  purchases: count('Units that were bought at a fixed price'),
  lotsSold: count('Lots that were sold'),
  lotsPassed: count('Lots that closed without a winner'),
  lotsWithdrawn: count('Lots that were withdrawn'),
  extensions: count('Times that the end of a lot moved later'),
  revenue: Type.Array(
    Type.Object({
      currency: Type.String({ pattern: '^[A-Z]{3}$' }),
      amount: count('Minor units: prices of lots that were sold and of units that were bought'),
    }),
    { description: 'By currency; without those that have none' },
  ),
};

export const AnalyticsWindow = Type.Object({ start: IsoTime, ...counts });
export type AnalyticsWindow = Static<typeof AnalyticsWindow>;

export const AnalyticsAnswer = Type.Object({
  window: Literals(['minute', 'hour', 'day']),
  windows: Type.Array(AnalyticsWindow, { description: 'One after the other, also where nothing happened' }),
  totals: Type.Object(counts, { description: 'Of these windows' }),
  live: Type.Boolean({ description: 'False while Kafka is not read: then the batch alone goes on' }),
  asOf: Type.Object({
    position: scalarOrNull(PositionToken),
    batchPosition: scalarOrNull(PositionToken),
    batchAt: scalarOrNull(IsoTime),
    newestAt: scalarOrNull(IsoTime),
  }),
});
export type AnalyticsAnswer = Static<typeof AnalyticsAnswer>;
