import { useServerTime } from '../live/server-clock.js';
import { Countdown } from './countdown.js';

interface MomentProps {
  readonly at: string;
  /** Before it, in front of the time that is left: `Opens in`. */
  readonly before: string;
  /** Instead of both once it has come. */
  readonly come: string;
}

/** What happens at a moment, and how long it is till then, by the server's clock. */
export function Moment({ at, before, come }: MomentProps) {
  const now = useServerTime();
  if (now !== null && now >= Date.parse(at)) return come;
  return (
    <>
      {before} <Countdown to={at} over="a moment" />
    </>
  );
}
