import Type, { type Static } from 'typebox';
import { IsoTime } from '../time.js';
import { DEFAULT_PAGE, MAX_PAGE } from './pages.js';

const MAX_WAIT_SECONDS = 30;

export const Cursor = Type.String({
  minLength: 1,
  maxLength: 200,
  description: 'Opaque: as `nextCursor` of the page before gave it',
});

/** `GET /api/events` */
export const FeedQuery = Type.Object(
  {
    after: Type.Optional(Cursor),
    since: Type.Optional({
      ...IsoTime,
      description: 'Instead of `after`: from the first event on that was stored at or behind this time',
    } as typeof IsoTime),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_PAGE, default: DEFAULT_PAGE })),
    wait: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: MAX_WAIT_SECONDS,
        default: 0,
        description: 'Seconds that the answer waits for an event where there is none yet',
      }),
    ),
  },
  { additionalProperties: false },
);
export type FeedQuery = Static<typeof FeedQuery>;

/** Written by hand, not by this schema: it describes. */
export const FeedPage = Type.Object({
  events: Type.Array(
    Type.Object({
      eventId: Type.String(),
      eventType: Type.String(),
      auctionId: Type.String(),
      timestamp: IsoTime,
      payload: Type.Object({}, { additionalProperties: true }),
    }),
    { description: 'The same events, ids and order as in Kafka' },
  ),
  nextCursor: { ...Cursor, description: 'Where the next page begins; also of an empty page' } as typeof Cursor,
  atEnd: Type.Boolean({ description: 'Nothing more was stored then. A page may be empty and not at the end' }),
});
