import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import type { LotHistoryEvent } from '#contracts/http/lot-history.js';
import { eventInWords } from './event-in-words.js';

const ROW_PX = 44;

interface EventListProps {
  readonly events: readonly LotHistoryEvent[];
  readonly step: number;
  readonly currency: string;
  readonly onPick: (step: number) => void;
}

/** Every event of the stream; the one that is looked at is kept in sight. */
export function EventList({ events, step, currency, onPick }: EventListProps) {
  const place = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: events.length,
    getScrollElement: () => place.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
  });
  useEffect(() => rows.scrollToIndex(step, { align: 'auto' }), [rows, step]);
  return (
    <section className="panel" aria-labelledby="events">
      <h2 id="events">Events</h2>
      <div className="events" ref={place}>
        <ol style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ key, index, start, size }) => {
            const event = events[index];
            return event === undefined ? null : (
              <li
                key={key}
                style={{ height: size, transform: `translateY(${start}px)` }}
                aria-setsize={events.length}
                aria-posinset={index + 1}
              >
                <button type="button" aria-current={index === step ? 'step' : undefined} onClick={() => onPick(index)}>
                  <span className="revision">{event.revision}</span>
                  <span className="words">{eventInWords(event, currency)}</span>
                  <time dateTime={event.at}>{new Date(event.at).toLocaleTimeString()}</time>
                </button>
              </li>
            );
          })}
        </ol>
      </div>
    </section>
  );
}
