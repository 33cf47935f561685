/** Settings of a build in parts: those of the whole index, which every shard holds, and those of a shard itself. */
import type { CodeType, RoutingConstants } from '../../types.js';
import type { BuildSettings } from '../from-files.js';

/** Settings of the whole index. */
export interface WholeSettings {
  codes: CodeType;
  maxRows: number | null;
  name: string | null;
  routing: Partial<RoutingConstants> | null;
  maxWork: number | null;
  /** Set if the index keeps texts. */
  texts?: true;
}

export function wholeSettings(s: BuildSettings): WholeSettings {
  return {
    codes: s.codes ?? 'int8',
    maxRows: s.maxRows ?? null,
    name: s.name ?? null,
    routing: s.routing ?? null,
    maxWork: s.maxWork ?? null,
    ...(s.texts ? { texts: true } : {}),
  };
}

/** Returns the settings of the build of the whole index. */
export const buildSettings = ({ codes, maxRows, name, routing, maxWork, texts }: WholeSettings): BuildSettings => ({
  codes,
  maxRows: maxRows ?? undefined,
  name: name ?? undefined,
  routing: routing ?? undefined,
  maxWork: maxWork ?? undefined,
  texts,
});

/** Returns the settings of a shard's own build; the others wait in its metadata. */
export const shardSettings = ({ prices, texts }: BuildSettings): BuildSettings => ({ prices, texts, codes: 'float32' });
