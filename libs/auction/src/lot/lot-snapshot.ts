import { Map as persistentMap } from 'immutable';
import type { Lot, LotState } from './lot.js';

/** A lot's state as JSON; the units by buyer become a list of pairs. */
type LotJson = Omit<Lot, 'boughtBy'> & { readonly boughtBy: readonly (readonly [string, number])[] | null };
type LotStateJson = Exclude<LotState, Lot> | LotJson;

/** Raise the version with every change to `evolve` or to the shape of `Lot`; a test holds it to both by two samples. */
export const lotSnapshots = {
  version: 1,

  toJson(state: LotState): LotStateJson {
    if (state.phase === 'not-listed') return state;
    return { ...state, boughtBy: state.boughtBy === null ? null : [...state.boughtBy.entries()] };
  },

  fromJson(json: unknown): LotState {
    const state = json as LotStateJson;
    if (state.phase === 'not-listed') return state;
    return { ...state, boughtBy: state.boughtBy === null ? null : persistentMap(state.boughtBy) };
  },
};
