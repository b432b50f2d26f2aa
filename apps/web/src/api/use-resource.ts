import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiProblem, get } from './http.js';

export interface Resource<T> {
  /** Undefined until the first answer; of the address asked for, never of the one before. */
  readonly data: T | undefined;
  readonly problem: ApiProblem | undefined;
  /** Asks again; with the position of a command for an answer that has seen it. */
  readonly reload: (atLeast?: string) => void;
}

interface ResourceOptions<T> {
  readonly everyMs?: number;
  /** Called with each answer before anything is drawn with it. */
  readonly onData?: (data: T) => void;
}

/** What an address answers with, now and every `everyMs` milliseconds while the page is looked at. */
export function useResource<T>(path: string | null, { everyMs, onData }: ResourceOptions<T> = {}): Resource<T> {
  const [state, setState] = useState<{ path: string | null; data?: T; problem?: ApiProblem }>({ path });
  const current = useRef<AbortController>(undefined);
  const latest = useRef(onData);
  latest.current = onData;

  const reload = useCallback(
    (atLeast?: string) => {
      current.current?.abort();
      if (path === null) return;
      const abort = new AbortController();
      current.current = abort;
      const asked = atLeast === undefined ? path : `${path}${path.includes('?') ? '&' : '?'}atLeast=${atLeast}`;
      get<T>(asked, abort.signal).then(
        (data) => {
          latest.current?.(data);
          setState({ path, data });
        },
        (error: unknown) => {
          if (abort.signal.aborted) return;
          if (!(error instanceof ApiProblem)) throw error;
          setState((before) => ({ ...(before.path === path ? before : { path }), problem: error }));
        },
      );
    },
    [path],
  );

  useEffect(() => {
    reload();
    const timer =
      everyMs === undefined
        ? undefined
        : setInterval(() => document.visibilityState === 'visible' && reload(), everyMs);
    return () => {
      clearInterval(timer);
      current.current?.abort();
    };
  }, [reload, everyMs]);

  const isCurrent = state.path === path;
  return { data: isCurrent ? state.data : undefined, problem: isCurrent ? state.problem : undefined, reload };
}
