/** Completes decisions of the core, which knows vectors only. */
import type { Decision, IndexInfo, Needs, RouteTaskOptions, TaskDecision } from '../types.js';
import type { OfCore } from '../wasm/decision-numbers.js';
import { chanceOf, strengthOfPick } from './chance.js';
import { withAge } from './days.js';
import { uncheckedNeeds } from './filters.js';
import type { Read } from './inputs.js';
import { notesOf } from './notes.js';
import { CHANCE_NEIGHBOURS, originOf } from './request.js';
import { fallbackReasonOf } from './unread.js';
import { kindOf, taskLabel, withReasons } from './words.js';

/** Facts that the core does not know. */
interface Beside {
  read: Read;
  options: RouteTaskOptions;
  /** Needs that the input shows. */
  implied: Needs;
  info: IndexInfo;
  textsOf(rows: readonly number[]): readonly (string | null)[];
}

/** Adds to a decision of the core its reasons, notes and texts. */
export function explained<D extends Decision | TaskDecision>(
  ofCore: OfCore<D>,
  { read, options, implied, info, textsOf }: Beside,
): D {
  const { tokens, truncated, unread, language, multilingualError } = read;
  const { taskWeights, ...rest } = ofCore;
  const decision = rest as unknown as D;
  const fallbackReason = fallbackReasonOf(decision.fallbackReason, unread);
  const nearest = decision.neighbours.slice(0, CHANCE_NEIGHBOURS);
  const asked = decision.neighbours.slice(0, options.neighbours ?? 0);
  const texts = textsOf(asked.map(({ row }) => row));
  const neighbours = asked.map((neighbour, i) => ({ ...neighbour, text: texts[i] ?? null }));
  const price = withAge(decision.price, originOf(decision.model, options, info));
  const kinds = decision.kinds.map((kind) => ({ ...kind, label: taskLabel(info, kind.name) }));
  const facts = { ...decision, kinds, fallbackReason, neighbours, price };
  const withWords = withReasons(facts, { unread, taskLabel: (task) => taskLabel(info, task) });
  const picked = info.models.find(({ name }) => name === decision.model);
  const unchecked = picked === undefined ? [] : uncheckedNeeds(implied, picked);
  return {
    ...withWords,
    kind: kindOf(withWords),
    chance: chanceOf({ ...withWords, taskWeights, neighbours: nearest }, info),
    strength: strengthOfPick(withWords),
    notes: notesOf(options, info, { ...withWords, multilingualError, unchecked }),
    tokens,
    truncated,
    language: language ?? null,
    embedder: info.embedder.id,
  };
}
