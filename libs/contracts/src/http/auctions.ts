import Type, { type Static } from 'typebox';
import { LotResult, Stagger } from '../events/auction-events.js';
import { AuctionId, NamedId } from '../ids.js';
import { Literals } from '../literals.js';
import { nullOr, scalarOrNull } from '../null-or.js';
import { PlainText } from '../plain-text.js';
import { IsoTime } from '../time.js';
import { LotSummary, LotView } from './lots.js';
import { PageQuery } from './pages.js';
import { AtLeastQuery, PositionToken } from './position.js';

export const AuctionParams = Type.Object({ auctionId: NamedId('The auction') }, { additionalProperties: false });
export type AuctionParams = Static<typeof AuctionParams>;

/** `POST /api/auctions` */
export const CreateAuctionBody = Type.Object(
  {
    title: PlainText(300),
    currency: Type.Optional(
      Type.String({ pattern: '^[A-Z]{3}$', minLength: 3, maxLength: 3, default: 'USD', description: 'ISO 4217' }),
    ),
    opensAt: Type.Optional(IsoTime),
    closesAt: Type.Optional(IsoTime),
    stagger: Type.Optional(Stagger),
  },
  { additionalProperties: false },
);
export type CreateAuctionBody = Static<typeof CreateAuctionBody>;

export const AuctionViewState = Literals(['created', 'started', 'ending', 'ended', 'cancelled']);
export type AuctionViewState = Static<typeof AuctionViewState>;

/** `GET /api/auctions`: the pages go on in the order and with the filters of the first one. */
export const AuctionsQuery = Type.Object(
  {
    ...PageQuery.properties,
    ...AtLeastQuery.properties,
    order: Type.Optional(Literals(['oldest', 'newest'], { description: 'By creation; without it, oldest first' })),
    state: Type.Optional(AuctionViewState),
    title: Type.Optional(
      Type.String({ minLength: 1, maxLength: 100, description: 'Part of the title, in upper or lower case' }),
    ),
  },
  { additionalProperties: false },
);
export type AuctionsQuery = Static<typeof AuctionsQuery>;

const head = {
  auctionId: AuctionId,
  title: Type.String(),
  state: AuctionViewState,
  currency: Type.String(),
  opensAt: scalarOrNull(IsoTime),
  closesAt: scalarOrNull(IsoTime),
  lotCount: Type.Integer({ minimum: 0 }),
  results: nullOr(Type.Array(LotResult)),
  position: PositionToken,
};

/** An auction without its lots. */
export const AuctionHead = Type.Object(head);
export type AuctionHead = Static<typeof AuctionHead>;

/** An auction in a list: with its lots in their order, in short. */
export const AuctionSummary = Type.Object({ ...head, lots: Type.Array(LotSummary) });
export type AuctionSummary = Static<typeof AuctionSummary>;

/** `GET /api/auctions/:auctionId`: with its lots, in their order. */
export const AuctionView = Type.Object({ ...head, stagger: nullOr(Stagger), lots: Type.Array(LotView) });
export type AuctionView = Static<typeof AuctionView>;

/** The answer to /start, /end and /cancel. */
export const AuctionStateAnswer = Type.Object({
  auctionId: AuctionId,
  state: AuctionViewState,
  position: Type.Optional(PositionToken),
});
export type AuctionStateAnswer = Static<typeof AuctionStateAnswer>;
