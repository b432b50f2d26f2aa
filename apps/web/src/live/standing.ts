import type { LotViewState } from '#contracts/http/lots.js';
import type { You } from '#contracts/push/server-messages.js';

/** Where the user stands in a lot; null: they have not bid, or it is not known yet. */
export type Standing = 'leading' | 'outbid' | 'won' | 'lost' | 'bought' | null;

const OVER: readonly LotViewState[] = ['sold', 'passed', 'withdrawn'];

/** The standing behind a message, from the one before it and what the message means for its reader. */
export function standingAfter(before: Standing, you: You | undefined, state: LotViewState): Standing {
  if (you?.won) return 'won';
  if (you?.bought || before === 'bought') return 'bought';
  if (OVER.includes(state)) return before === 'won' ? 'won' : before === null && !you?.bid ? null : 'lost';
  if (you?.leading) return 'leading';
  if (you?.outbid || you?.bid || before === 'leading' || before === 'outbid') return 'outbid';
  return before;
}
