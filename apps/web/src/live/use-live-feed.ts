import { useEffect, useSyncExternalStore } from 'react';
import { type Connection, type Kind, type Listener, liveFeed } from './live-feed.js';

export const useConnection = (): Connection => useSyncExternalStore(liveFeed.onState, liveFeed.state);

/** Keeps one lot, or one auction with all its lots, up to date while the component is shown. */
export function useWatched(kind: Kind, ids: string): void {
  useEffect(() => (ids === '' ? undefined : liveFeed.watch({ [kind]: ids.split(',') })), [kind, ids]);
}

/** Calls back for every message while the component is shown. */
export function useMessages(listener: Listener): void {
  useEffect(() => liveFeed.onMessage(listener), [listener]);
}
