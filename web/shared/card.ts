/** All that the card of a decision says, as plain data: the site has it beforehand for its samples. */
import type { Decision } from 'signalbox';
import type { ModelRecord } from './model-name.js';
import { type Figure, type Lamp, lampOf, noteWords, priceFigure, qualityFigure } from './words.js';

export interface Card {
  lamp: Lamp;
  /** Set if there is no evidence for this prompt: why not. The model is then only good on average. */
  verdict: string;
  /** Id of the model; empty for an empty prompt. */
  model: string;
  record?: ModelRecord | undefined;
  figures: Figure[];
  /** Why this model; empty if there is nothing to say. */
  choice: string;
  /** Says which work the prompt is like; empty if `verdict` says it. */
  resemblance: string;
  /** More about prices, ratings and options. */
  notes: string[];
}

/** Returns what the best candidate would add to the pick, and its price; `undefined` if the ranking is empty. */
function bestFigure({ ranking, model }: Decision, recordOf: RecordOf): Figure | undefined {
  const [best] = ranking;
  const picked = ranking.find((ranked) => ranked.model === model);
  if (best === undefined || picked === undefined) return undefined;
  if (best.model === model) return { label: 'the best would add', value: 'nothing', note: 'this is the best' };
  const points = Math.round(100 * (best.pCorrect - picked.pCorrect));
  const price = priceFigure({ price: { ...best, date: null, source: null, ageDays: null, stale: false } });
  const name = recordOf(best.model)?.displayName ?? best.model.slice(best.model.lastIndexOf('/') + 1);
  return {
    label: 'the best would add',
    value: points === 0 ? 'nothing' : `${points} ${points === 1 ? 'point' : 'points'}`,
    note: `for ${price.value} (${name})`,
  };
}

export type RecordOf = (model: string) => ModelRecord | undefined;

const nameOnly = ({ displayName, maker }: ModelRecord): ModelRecord => ({
  ...(displayName === undefined ? {} : { displayName }),
  ...(maker === undefined ? {} : { maker }),
});

/** Says in one sentence that there is no evidence for the prompt. */
function verdictOf({ fallbackReason, reasons }: Pick<Decision, 'fallbackReason' | 'reasons'>): string {
  if (fallbackReason === 'out_of_coverage') return 'Not my field.';
  return fallbackReason === 'unread' || fallbackReason === 'empty_prompt' ? reasons.resemblance : '';
}

const EMPTY = { model: '', figures: [], choice: '', resemblance: '', notes: [] };

export function cardOf(decision: Decision, recordOf: RecordOf): Card {
  const { model, reasons } = decision;
  const lamp = lampOf(decision);
  const verdict = verdictOf(decision);
  if (decision.fallbackReason === 'empty_prompt') return { ...EMPTY, lamp, verdict };
  const record = recordOf(model);
  const best = verdict === '' ? bestFigure(decision, recordOf) : undefined;
  return {
    lamp,
    verdict,
    model,
    ...(record === undefined ? {} : { record: nameOnly(record) }),
    figures: [qualityFigure(decision), priceFigure(decision), ...(best === undefined ? [] : [best])],
    choice: verdict === '' ? reasons.choice : '',
    resemblance: verdict === '' ? reasons.resemblance : '',
    notes: [
      reasons.price,
      reasons.feedback,
      ...decision.notes.map(noteWords),
      decision.truncated ? 'The prompt is long: only its beginning was read.' : '',
    ].filter((words) => words !== ''),
  };
}
