import type { AnalyticsAnswer } from '#contracts/http/analytics.js';
import { useServerTime } from '../live/server-clock.js';

/** How old the numbers are: as new as Kafka, or as the last batch. */
export function Freshness({ answer: { live, asOf } }: { answer: AnalyticsAnswer }) {
  const now = useServerTime();
  const age = (at: string | null) => (at === null || now === null ? 'a moment' : inWords(now - Date.parse(at)));
  if (live) {
    return (
      <p>
        Live. The newest event is {age(asOf.newestAt)} old, the last batch {age(asOf.batchAt)}.
      </p>
    );
  }
  return (
    <p className="notice" role="status">
      Kafka is not read at the moment: the numbers are {age(asOf.batchAt)} old.
    </p>
  );
}

function inWords(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} minutes`;
  return `${Math.round(seconds / 3_600)} hours`;
}
