import type { LotEvent } from '#contracts/events/lot-events.js';
import type { RecordedEvent } from '#event-store/event-store.js';
import { bidIdOf, bidPlaced, closed, itemBought, opened, sold } from '../lot-builders.js';
import { checkHistory } from './check-history.js';
import type { Operation } from './recorder.js';

const recorded = (events: readonly LotEvent[]): RecordedEvent[] =>
  events.map((event, revision) => ({
    ...event,
    id: `event-${revision}`,
    stream: 'lot-1',
    revision,
    position: String(revision),
    recordedAt: 0,
    metadata: { commandId: 'c', correlationId: 'c', causationId: 'c', actor: 'system' },
  }));

let clock = 0;
const bid = (caller: string, value: number, body: object, status = 201): Operation => {
  clock += 2;
  const bidId = bidIdOf(caller, value);
  return {
    kind: 'bid',
    caller,
    value,
    invokedAt: clock,
    answeredAt: clock + 1,
    status,
    body: { bidId, ...body },
  };
};

const history = (): Operation[] => [
  bid('ann', 2_000, { sequence: 1, isCurrentlyHighest: true, currentHighestBid: 2_000 }),
  bid('bob', 1_500, { sequence: 2, isCurrentlyHighest: false, currentHighestBid: 2_000 }),
  bid('cat', 3_000, { sequence: 3, isCurrentlyHighest: true, currentHighestBid: 3_000 }),
  bid('dan', 4_000, { code: 'lot-closed' }, 409),
];
const events = (): LotEvent[] => [
  ...opened(),
  bidPlaced('ann', 2_000),
  bidPlaced('bob', 1_500, { sequence: 2, outcome: 'not-highest', price: 2_000 }),
  bidPlaced('cat', 3_000, { sequence: 3 }),
  closed(),
  sold('cat', 3_000, bidIdOf('cat', 3_000)),
];
const without = <T>(list: readonly T[], at: number): T[] => list.filter((_, i) => i !== at);

describe('the check of a history', () => {
  it('finds nothing wrong with what is right, also where a caller got no answer', () => {
    expect(checkHistory(history(), recorded(events()))).toEqual([]);
    const unanswered = history().map((each) => (each.caller === 'cat' ? { ...each, status: null, body: {} } : each));
    expect(checkHistory(unanswered, recorded(events()))).toEqual([]);
  });

  const faults: [name: string, operations: () => Operation[], stored: () => RecordedEvent[], finding: string][] = [
    ['a bid that was lost', history, () => recorded(without(events(), 3)), 'is not stored'],
    [
      'a bid that was doubled',
      history,
      () => recorded([...events(), bidPlaced('ann', 2_000, { sequence: 4 })]),
      'twice',
    ],
    ['a gap in the stream', history, () => without(recorded(events()), 1), 'stands at place'],
    ['a bid that nobody sent', () => without(history(), 1), () => recorded(events()), 'nobody sent it'],
    [
      'a refused bid that was stored',
      history,
      () => recorded([...events().slice(0, 5), bidPlaced('dan', 4_000, { sequence: 4 })]),
      'it was refused',
    ],
    [
      'an order that the clocks do not allow',
      () =>
        history()
          .reverse()
          .map((each, i) => ({ ...each, invokedAt: 2 * i, answeredAt: 2 * i + 1 })),
      () => recorded(events()),
      'was answered',
    ],
    [
      'a wrong winner',
      history,
      () => recorded([...events().slice(0, 6), sold('ann', 2_000, null)]),
      'the model says cat',
    ],
    [
      'a wrong standing',
      () => history().map((each) => ({ ...each, body: { ...each.body, isCurrentlyHighest: true } })),
      () => recorded(events()),
      'wrong standing',
    ],
    ['two closings', history, () => recorded([...events(), closed()]), 'closed 2 times'],
    [
      'a late bid that was answered 201',
      () => [...history(), bid('eve', 5_000, { sequence: 4 })],
      () => recorded(events()),
      'is not stored',
    ],
  ];
  it.each(faults)('finds %s', (_, operations, stored, finding) => {
    expect(checkHistory(operations(), stored()).join('\n')).toContain(finding);
  });

  it('finds units that were sold twice', () => {
    const stored = [
      ...opened({ buyNow: { price: 5_000, quantity: 2 } }),
      itemBought('ann', 1, 5_000, 1),
      itemBought('bob', 1, 5_000, 1),
    ];
    const buy = (caller: string): Operation => ({
      ...bid(caller, 1, {}),
      kind: 'purchase',
      body: { purchaseId: bidIdOf(caller, 1) },
    });
    expect(checkHistory([buy('ann'), buy('bob')], recorded(stored)).join()).toContain('0 are left');
    expect(checkHistory([buy('ann'), buy('cat')], recorded(stored)).join()).toContain('is not stored');
  });

  it('finds purchases beyond the limit, by nobody, and a lot that was called sold out too early', () => {
    const terms = { price: 5_000, quantity: 5, limitPerBuyer: 1 };
    const stored = [...opened({ buyNow: terms }), itemBought('ann', 1, 5_000, 4), itemBought('ann', 1, 5_000, 3)];
    const buy = (caller: string, status: number, code?: string): Operation => ({
      ...bid(caller, 1, {}),
      kind: 'purchase',
      status,
      body: { code },
    });
    const found = (operations: Operation[]) => checkHistory(operations, recorded(stored)).join();
    expect(found([buy('ann', 503)])).toContain('ann has 2 units of at most 1');
    expect(found([buy('ann', 409)])).toContain('a purchase by ann is stored, who was refused or never asked');
    expect(found([buy('bob', 409, 'sold-out')])).toContain('sold out was answered, and 3 are left');
  });
});
