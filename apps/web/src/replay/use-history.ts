import { useEffect, useState } from 'react';
import type { LotHistoryEvent } from '#contracts/http/lot-history.js';
import type { Page } from '#contracts/http/pages.js';
import { ApiProblem, get } from '../api/http.js';

const PAGE = 1_000;

export interface History {
  readonly events: readonly LotHistoryEvent[];
  readonly isComplete: boolean;
  readonly problem: ApiProblem | null;
}

/** The whole stream of a lot as it was when the page was opened, page by page. */
export function useHistory(lotId: string): History {
  const [history, setHistory] = useState<History>({ events: [], isComplete: false, problem: null });
  useEffect(() => {
    const abort = new AbortController();
    const read = async () => {
      let cursor: string | null = '0';
      while (cursor !== null) {
        const page: Page<LotHistoryEvent> = await get(
          `/api/lots/${lotId}/history?limit=${PAGE}&cursor=${cursor}`,
          abort.signal,
        );
        cursor = page.nextCursor;
        const isComplete = cursor === null;
        setHistory(({ events }) => ({ events: [...events, ...page.items], isComplete, problem: null }));
      }
    };
    setHistory({ events: [], isComplete: false, problem: null });
    read().catch((error: unknown) => {
      if (abort.signal.aborted) return;
      if (!(error instanceof ApiProblem)) throw error;
      setHistory((before) => ({ ...before, problem: error }));
    });
    return () => abort.abort();
  }, [lotId]);
  return history;
}
