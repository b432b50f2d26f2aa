import { useServerTime } from '../live/server-clock.js';
import { timeLeft, timeLeftInWords } from '../live/time-left.js';

const SOON_MS = 60_000;

/** Counts down to an end by the server's clock; nothing is shown before that clock is known. */
export function Countdown({ to, over = 'closing…' }: { to: string; over?: string }) {
  const now = useServerTime();
  if (now === null) return <span className="countdown" aria-hidden="true" />;
  const left = Date.parse(to) - now;
  const text = left <= 0 ? over : timeLeft(left);
  return (
    <time
      className="countdown"
      dateTime={to}
      data-soon={left <= SOON_MS || undefined}
      title={new Date(to).toLocaleString()}
    >
      <span aria-hidden="true">{text}</span>
      <span className="for-ears">{left <= 0 ? over : `${timeLeftInWords(left)} left`}</span>
    </time>
  );
}
