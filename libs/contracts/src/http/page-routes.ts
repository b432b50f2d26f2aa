/** The addresses at which the web page answers: the server serves it there, and the page's router knows them by the same names. */
export const pageRoutes = {
  home: '/',
  auction: '/auctions/:auctionId',
  lot: '/lots/:lotId',
  replay: '/lots/:lotId/replay',
  mine: '/my-bids',
  console: '/console',
  consoleAuction: '/console/:auctionId',
  analytics: '/analytics',
  operator: '/operator',
} as const;
