import { useEffect, useState } from 'react';
import type { LotHistoryEvent } from '#contracts/http/lot-history.js';

/** Nobody waits for a night without bids: a pause is shown as at most so long, milliseconds at the chosen speed. */
const LONGEST_PAUSE_MS = 1_500;

export interface Playback {
  /** The place in the events of the one that is looked at; revisions have gaps where an event is not shown. */
  readonly step: number;
  readonly isPlaying: boolean;
  readonly seek: (step: number) => void;
  readonly toggle: () => void;
}

/** Goes through the events in the rhythm in which they happened, so many times as fast. */
export function usePlayback(events: readonly LotHistoryEvent[], speed: number): Playback {
  const last = events.length - 1;
  const [wanted, setStep] = useState<number | null>(null);
  const [isPlaying, setPlaying] = useState(false);
  const step = Math.min(wanted ?? last, last);

  useEffect(() => {
    if (!isPlaying) return;
    const here = events[step];
    const next = events[step + 1];
    if (here === undefined || next === undefined) {
      setPlaying(false);
      return;
    }
    const pause = Math.min(LONGEST_PAUSE_MS, (Date.parse(next.at) - Date.parse(here.at)) / speed);
    const timer = setTimeout(() => setStep(step + 1), pause);
    return () => clearTimeout(timer);
  }, [events, isPlaying, step, speed]);

  return {
    step,
    isPlaying,
    seek: (to) => {
      setPlaying(false);
      setStep(to);
    },
    toggle: () => {
      if (!isPlaying && step === last) setStep(0);
      setPlaying(!isPlaying);
    },
  };
}
