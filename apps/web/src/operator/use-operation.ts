import { useEffect, useRef, useState } from 'react';
import { ApiProblem, call } from '../api/http.js';
import { largestOf, type Sample, samplesOf, sumOf } from './prometheus-text.js';

const EVERY_MS = 2_000;
/** Ten minutes. */
const KEPT = 300;

export interface Reading {
  /** Milliseconds since 1970, by the clock here. */
  readonly at: number;
  readonly values: Readonly<Record<string, number | null>>;
}

interface Operation {
  /** `ok` or what is wrong, by part; undefined until it is known. */
  readonly checks: Readonly<Record<string, string>> | undefined;
  readonly history: readonly Reading[];
  readonly problem: ApiProblem | undefined;
}

/** Reads health and metrics every two seconds while the page is shown. */
export function useOperation(): Operation {
  const [operation, setOperation] = useState<Operation>({ checks: undefined, history: [], problem: undefined });
  const before = useRef<{ at: number; samples: readonly Sample[] }>(undefined);
  useEffect(() => {
    let isOver = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = async () => {
      try {
        // What can be known of its health is shown also while the figures cannot be had.
        const checks = await readiness();
        if (!isOver) setOperation((last) => ({ ...last, checks }));
        const metrics = await call<string>('GET', '/metrics', { expects: 'text/plain' });
        const now = { at: Date.now(), samples: samplesOf(metrics.body) };
        const reading = { at: now.at, values: valuesOf(now, before.current) };
        before.current = now;
        if (!isOver)
          setOperation(({ history }) => ({ checks, history: [...history, reading].slice(-KEPT), problem: undefined }));
      } catch (error) {
        if (!(error instanceof ApiProblem)) throw error;
        if (!isOver) setOperation((last) => ({ ...last, problem: error }));
      } finally {
        if (!isOver) timer = setTimeout(read, EVERY_MS);
      }
    };
    void read();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, []);
  return operation;
}

/** A server that is not ready answers 503 with the same body. */
async function readiness(): Promise<Record<string, string>> {
  const response = await fetch('/health/ready').catch(() => null);
  if (response === null) return { server: 'does not answer' };
  const answer = (await response.json().catch(() => null)) as { checks?: unknown } | null;
  if (typeof answer?.checks !== 'object' || answer.checks === null) {
    return { server: `gave an answer that is not understood (${response.status})` };
  }
  return answer.checks as Record<string, string>;
}

function valuesOf(now: { at: number; samples: readonly Sample[] }, before: typeof now | undefined): Reading['values'] {
  const { samples } = now;
  const gained = (name: string): number | null => {
    const after = sumOf(samples, name);
    const earlier = before === undefined ? null : (sumOf(before.samples, name) ?? 0);
    // A counter that fell began anew with the process.
    return after === null || earlier === null ? null : Math.max(0, after - earlier);
  };
  const perSecond = (name: string): number | null => {
    const gain = gained(name);
    return gain === null || before === undefined ? null : gain / ((now.at - before.at) / 1000);
  };
  const commits = gained('gavel_store_commit_seconds_count');
  const commitSeconds = gained('gavel_store_commit_seconds_sum');
  const loop = largestOf(samples, 'nodejs_eventloop_lag_p99_seconds');
  return {
    bidRate: perSecond('gavel_bids_total'),
    requestRate: perSecond('gavel_http_request_seconds_count'),
    projectionLag: largestOf(samples, 'gavel_projection_lag_seconds'),
    commitMs: commits && commitSeconds !== null ? (commitSeconds / commits) * 1000 : null,
    loopMs: loop === null ? null : loop * 1000,
    relayLag: largestOf(samples, 'gavel_relay_lag_events'),
    spool: sumOf(samples, 'gavel_spool_depth'),
    connections: sumOf(samples, 'gavel_push_connections'),
    memory: sumOf(samples, 'process_resident_memory_bytes'),
  };
}
