import { useEffect, useState } from 'react';
import type { LotHistoryEvent } from '#contracts/http/lot-history.js';

/** Nobody waits for a night without bids: a pause is shown as at most so long, milliseconds at the chosen speed. */
const LONGEST_PAUSE_MS = 1_500;

export interface Playback {
  readonly revision: number;
  readonly isPlaying: boolean;
  readonly seek: (revision: number) => void;
  readonly toggle: () => void;
}

/** Goes through the events in the rhythm in which they happened, so many times as fast. */
export function usePlayback(events: readonly LotHistoryEvent[], speed: number): Playback {
  const last = events.length - 1;
  const [wanted, setRevision] = useState<number | null>(null);
  const [isPlaying, setPlaying] = useState(false);
  const revision = Math.min(wanted ?? last, last);

  useEffect(() => {
    if (!isPlaying) return;
    const here = events[revision];
    const next = events[revision + 1];
    if (here === undefined || next === undefined) {
      setPlaying(false);
      return;
    }
    const pause = Math.min(LONGEST_PAUSE_MS, (Date.parse(next.at) - Date.parse(here.at)) / speed);
    const timer = setTimeout(() => setRevision(revision + 1), pause);
    return () => clearTimeout(timer);
  }, [events, isPlaying, revision, speed]);

  return {
    revision,
    isPlaying,
    seek: (to) => {
      setPlaying(false);
      setRevision(to);
    },
    toggle: () => {
      if (!isPlaying && revision === last) setRevision(0);
      setPlaying(!isPlaying);
    },
  };
}
