import Type, { type Static } from 'typebox';
import { Role } from '../events/key-events.js';
import { AuctionHead } from '../http/auctions.js';
import { LotView } from '../http/lots.js';
import { PositionToken } from '../http/position.js';
import { AuctionId, BidId, LotId, Subject } from '../ids.js';
import { Literals } from '../literals.js';
import { Money, PositiveMoney } from '../money.js';
import { nullOr, scalarOrNull } from '../null-or.js';
import { Alias, type PublicEvent, PublicLotResult, publicCatalogue } from '../public-events/public-catalogue.js';
import { IsoTime } from '../time.js';

const { lotId, auctionId, ...lotView } = LotView.properties;
const highestBid = nullOr(Type.Object({ bidderId: Alias, amount: Money, sequence: Type.Integer({ minimum: 1 }) }));

/** A lot as `GET /api/lots/:lotId` shows it, with an alias for the bidder. */
export const PushedLot = Type.Object({ lotId, auctionId, ...lotView, highestBid });
export type PushedLot = Static<typeof PushedLot>;

/** An auction as `GET /api/auctions` lists it, without its lots and with aliases for the winners. */
export const PushedAuction = Type.Object({
  ...AuctionHead.properties,
  results: nullOr(Type.Array(PublicLotResult)),
});
export type PushedAuction = Static<typeof PushedAuction>;

const { state, currentPrice, minimumNextBid, bidCount, reserveMet, closesAt, extensions } = LotView.properties;

/** What changes of a lot: whoever has its snapshot replaces these fields. */
export const LotNow = Type.Object({
  state,
  currentPrice,
  highestBid,
  minimumNextBid,
  bidCount,
  reserveMet,
  closesAt,
  extensions,
  available: scalarOrNull(
    Type.Integer({
      minimum: 0,
      description:
        'Units that nobody has bought, to be had while the lot is open; 0 also once bidding has ended buying; null where there is no buying now',
    }),
  ),
});
export type LotNow = Static<typeof LotNow>;

/** What a message means for the very caller who gets it. Only what holds is there. */
export const You = Type.Object({
  leading: Type.Optional(Type.Literal(true, { description: 'You lead, behind this message' })),
  outbid: Type.Optional(Type.Literal(true, { description: 'You led until this bid' })),
  bid: Type.Optional(Type.Literal(true, { description: 'The bid is yours' })),
  bought: Type.Optional(Type.Literal(true, { description: 'The purchase is yours' })),
  won: Type.Optional(Type.Literal(true, { description: 'You won the lot' })),
  late: Type.Optional(Type.Literal(true, { description: 'Your bid reached the store after the lot closed' })),
});
export type You = Static<typeof You>;

/** Why there is a snapshot where one might expect events. */
export const SnapshotReason = Literals(['subscribed', 'too-far-behind', 'slow'], {
  description:
    'subscribed: there was no `after`. too-far-behind: `after` lies too far back to send all that came since. slow: messages came ' +
    'faster than they could be sent; they were dropped, and this stands for them',
});
export type SnapshotReason = Static<typeof SnapshotReason>;

const serverTime = {
  ...IsoTime,
  description: 'When the message was made, by the clock of the server',
} as typeof IsoTime;
const position = {
  ...PositionToken,
  description: 'Everything up to here has been sent: keep the newest one and hand it over as `after`',
} as typeof PositionToken;
const effectiveEnd = scalarOrNull({
  ...IsoTime,
  description: 'The effective end of the lot (of an auction: its planned end); null: closed by hand',
} as typeof IsoTime);
const you = Type.Optional(You);
const always = { position, serverTime };
const ofLot = { lotId: LotId, auctionId: AuctionId, closesAt: effectiveEnd, ...always };
const ofAuction = { lotId: Type.Null(), auctionId: AuctionId, closesAt: effectiveEnd, ...always };

export const LotSnapshot = Type.Object({
  type: Type.Literal('LotSnapshot'),
  ...ofLot,
  reason: SnapshotReason,
  data: PushedLot,
  you,
});
export type LotSnapshot = Static<typeof LotSnapshot>;

export const AuctionSnapshot = Type.Object({
  type: Type.Literal('AuctionSnapshot'),
  ...ofAuction,
  reason: SnapshotReason,
  data: PushedAuction,
});
export type AuctionSnapshot = Static<typeof AuctionSnapshot>;

/** The state of a lot changed by something that has no public event of its own: it opened. */
export const LotChanged = Type.Object({
  type: Type.Literal('LotChanged'),
  ...ofLot,
  data: Type.Object({ lotId: LotId }),
  lot: LotNow,
  you,
});
export type LotChanged = Static<typeof LotChanged>;

/** The effective end is near. */
export const LotClosing = Type.Object({
  type: Type.Literal('LotClosing'),
  ...ofLot,
  data: Type.Object({ lotId: LotId, closesAt: IsoTime }),
  lot: LotNow,
  you,
});
export type LotClosing = Static<typeof LotClosing>;

/** For its bidder alone: the bid was stored after the lot closed and wins nothing. */
export const BidArrivedLate = Type.Object({
  type: Type.Literal('BidArrivedLate'),
  ...ofLot,
  data: Type.Object({ lotId: LotId, bidId: BidId, amount: PositiveMoney }),
  you: You,
});
export type BidArrivedLate = Static<typeof BidArrivedLate>;

const isAboutLot = ({ payload }: (typeof publicCatalogue)[number]) => 'lotId' in payload.properties;

/** The public events, as every way out of Gavel shows them: `type` is their `eventType`, `data` their `payload`. */
export const PushedEvent = Type.Union(
  publicCatalogue.map((definition) => {
    const about = isAboutLot(definition) ? { ...ofLot, lot: nullOr(LotNow) } : ofAuction;
    return Type.Object({
      type: Type.Literal(definition.type),
      eventId: Type.String(),
      ...about,
      data: definition.payload,
      you,
    });
  }),
);
export type PushedEvent = PublicEvent extends infer E
  ? E extends PublicEvent
    ? {
        readonly type: E['eventType'];
        readonly eventId: string;
        readonly lotId: string | null;
        readonly auctionId: string;
        readonly closesAt: string | null;
        readonly data: E['payload'];
        readonly position: string;
        readonly serverTime: string;
        /** The lot behind this event; null only while the read models are far behind. Events of auctions have none. */
        readonly lot?: LotNow | null;
        readonly you?: You;
      }
    : never
  : never;

/** The connection knows who calls. */
export const Welcome = Type.Object({
  type: Type.Literal('Welcome'),
  role: Role,
  subject: Subject,
  serverTime,
  heartbeatSeconds: Type.Integer({ minimum: 1, description: 'Without any message for twice as long, connect again' }),
});
export type Welcome = Static<typeof Welcome>;

/** Everything subscribed to so far has been sent up to `position`. */
export const Subscribed = Type.Object({ type: Type.Literal('Subscribed'), ...always });
export type Subscribed = Static<typeof Subscribed>;

export const Heartbeat = Type.Object({ type: Type.Literal('Heartbeat'), ...always });
export type Heartbeat = Static<typeof Heartbeat>;

/** Something that the client sent was not done. The connection goes on unless it is closed right behind. */
export const PushProblem = Type.Object({
  type: Type.Literal('Problem'),
  code: Type.String({ description: 'Stable, as in problem+json: validation-failed, lot-not-found, forbidden, ...' }),
  detail: Type.String(),
  errors: Type.Optional(Type.Array(Type.Object({ field: Type.String(), message: Type.String() }))),
  lotId: Type.Optional(LotId),
  auctionId: Type.Optional(AuctionId),
});
export type PushProblem = Static<typeof PushProblem>;

/** The server goes away and closes the connection with 1001: connect again after about so long. */
export const Goodbye = Type.Object({
  type: Type.Literal('Goodbye'),
  retryAfterMs: Type.Integer({ minimum: 0 }),
});
export type Goodbye = Static<typeof Goodbye>;

/** Everything that a server sends over `/ws` and `/api/stream`, told apart by `type`. Other types and fields may come. */
export const ServerMessage = Type.Union([
  Welcome,
  Subscribed,
  LotSnapshot,
  AuctionSnapshot,
  PushedEvent,
  LotChanged,
  LotClosing,
  BidArrivedLate,
  Heartbeat,
  PushProblem,
  Goodbye,
]);
export type ServerMessage =
  | Welcome
  | Subscribed
  | LotSnapshot
  | AuctionSnapshot
  | PushedEvent
  | LotChanged
  | LotClosing
  | BidArrivedLate
  | Heartbeat
  | PushProblem
  | Goodbye;
