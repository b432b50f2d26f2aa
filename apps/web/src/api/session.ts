import { useSyncExternalStore } from 'react';
import type { Me } from '#contracts/http/session.js';

/** Who uses this tab. The key lives as long as the tab and in no other one. */
export type Session =
  | { readonly state: 'signed-out'; readonly reason: string | null }
  | { readonly state: 'checking'; readonly key: string }
  | { readonly state: 'signed-in'; readonly key: string; readonly me: Me };

const STORED_AS = 'gavel-key';

class SessionStore {
  private current: Session = begin();
  private readonly listeners = new Set<() => void>();

  readonly get = (): Session => this.current;
  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  key(): string | null {
    return this.current.state === 'signed-out' ? null : this.current.key;
  }

  signedIn(key: string, me: Me): void {
    sessionStorage.setItem(STORED_AS, key);
    this.become({ state: 'signed-in', key, me });
  }

  signOut(reason: string | null = null): void {
    if (this.current.state === 'signed-out') return;
    sessionStorage.removeItem(STORED_AS);
    this.become({ state: 'signed-out', reason });
  }

  private become(next: Session): void {
    this.current = next;
    for (const listener of this.listeners) listener();
  }
}

function begin(): Session {
  const key = sessionStorage.getItem(STORED_AS);
  return key === null ? { state: 'signed-out', reason: null } : { state: 'checking', key };
}

export const session = new SessionStore();

export const useSession = (): Session => useSyncExternalStore(session.subscribe, session.get);

/** Who is signed in; only below the sign-in gate. */
export function useMe(): Me {
  const current = useSession();
  if (current.state !== 'signed-in') throw new Error('nobody is signed in');
  return current.me;
}
