/** Words of the pages. The sentences about a decision come from the package: `Decision.reasons`. */
import { type Decision, dateWords, type Note, perThousandWords, type SignalboxError, type Strength } from 'signalbox';
import { count, percent, priceWords, range } from './format.js';

/** State of the signal lamp; `dark` if the prompt could not be read. */
export type Lamp = 'clear' | 'caution' | 'stop' | 'dark';

/** Returns the state of the signal lamp, which shows how much evidence there is. The words beside it say the same. */
export function lampOf({ coverage, fallbackReason }: Pick<Decision, 'coverage' | 'fallbackReason'>): Lamp {
  if (fallbackReason === 'unread' || fallbackReason === 'empty_prompt') return 'dark';
  if (coverage.outOfCoverage) return 'stop';
  return coverage.percentile <= 90 ? 'clear' : 'caution';
}

/** A figure with its unit, and a note in small print. */
export interface Figure {
  value: string;
  label: string;
  note: string;
}

export const STRENGTH_WORDS: Readonly<Record<Strength, string>> = { strong: 'Strong', even: 'Average', weak: 'Weak' };

/** Returns the pick's chance of being right, or in words how it compares where there is no chance. */
export function qualityFigure({ chance, strength, ranking, model, coverage }: Decision): Figure {
  if (chance === null) {
    const average = coverage.outOfCoverage ? 'on average ' : '';
    return { value: STRENGTH_WORDS[strength], label: `${average}among ${count(ranking.length, 'model')}`, note: '' };
  }
  const picked = ranking.find((ranked) => ranked.model === model);
  return { value: percent(chance), label: 'chance of being right', note: picked ? range(picked.interval) : '' };
}

/** Returns the pick's price: per 1,000 answers if that is known, else per million tokens. */
export function priceFigure({ price: { usdPerMTok, usdPerAnswer, date, stale } }: Pick<Decision, 'price'>): Figure {
  // The reasons tell the date of an old price.
  const note = date === null || stale ? '' : `as of ${dateWords(date)}`;
  if (usdPerAnswer !== null) return { value: perThousandWords(usdPerAnswer), label: 'price per 1,000 answers', note };
  return { value: priceWords(usdPerMTok), label: 'price per million tokens', note };
}

/** Describes the quality of a model beside others of the same decision: a chance, or its distance to the best one. */
export function comparedWords({ chance, ranking }: Pick<Decision, 'chance' | 'ranking'>, p: number): string {
  if (chance !== null) return percent(p);
  const best = Math.max(...ranking.map(({ pCorrect }) => pCorrect));
  const points = (100 * (best - p)).toFixed(1);
  return points === '0.0' ? 'the best' : `${points} ${points === '1.0' ? 'point' : 'points'} below`;
}

/** Says which setting has no effect, by the name that users see. */
export function noteWords({ code, message }: Note): string {
  switch (code) {
    case 'no_prices':
      return 'The dial has no effect: no model that may be picked has a known price.';
    case 'one_task':
      return 'This benchmark has only one task, so every prompt gets the same suggestion.';
    default:
      return `${message}.`;
  }
}

/** Describes an error, and what the user can do about it. */
export function errorWords(error: unknown): string {
  const code = (error as SignalboxError | undefined)?.code;
  const message = error instanceof Error ? error.message : String(error);
  switch (code) {
    case 'bad_checksum':
    case 'truncated':
    case 'bad_magic':
    case 'bad_section':
      return `A file was damaged in transit (${message}). Loading it again usually helps.`;
    case 'network':
      return `A file could not be loaded (${message}).`;
    case 'out_of_memory':
      return `This device does not have enough free memory (${message}).`;
    case 'no_candidate':
      return 'No model is left to choose from. Allow more models, or relax the limits.';
    default:
      return message;
  }
}
