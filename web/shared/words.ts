/** What a decision means, in plain words. */
import type { Decision, RankedModel, SignalboxError } from 'signalbox';
import { percent } from './format.js';

/** How close the benchmark comes to the input. */
export function coverageWords(
  decision: Pick<Decision, 'coverage' | 'fallbackReason' | 'model' | 'challenger' | 'bestSingleModel'>,
): string {
  const { coverage, fallbackReason, model, challenger, bestSingleModel } = decision;
  const corrected = challenger === bestSingleModel ? '' : ', after what was said of it';
  const cheaper = model === challenger ? '' : ', or one that is cheaper and nearly as good';
  const instead = `using the best model on average${corrected}${cheaper}.`;
  if (fallbackReason === 'no_known_token') return `No word of this is known to the embedder: ${instead}`;
  if (coverage.outOfCoverage) return `Nothing in the benchmark resembles this: ${instead}`;
  const farther = Math.max(0, 100 - coverage.percentile);
  if (coverage.percentile <= 50) return 'The benchmark has many questions like this one.';
  if (coverage.percentile <= 90) return 'The benchmark has questions like this one.';
  return `The benchmark has few questions like this one: only ${percent(farther / 100)} of its own lie farther from the rest.`;
}

/** The lamp of a signal: is there something to go by? Words say the same beside it. */
export function lampOf({ coverage }: Pick<Decision, 'coverage'>): 'clear' | 'caution' | 'stop' {
  if (coverage.outOfCoverage) return 'stop';
  return coverage.percentile <= 90 ? 'clear' : 'caution';
}

/** How sure the choice is; not how likely the answer is right. */
export function confidenceWords(
  decision: Pick<Decision, 'confidence' | 'fallback' | 'challenger' | 'bestSingleModel'>,
): string {
  const { confidence, fallback, challenger, bestSingleModel } = decision;
  if (fallback) return 'There is too little to go by for anything but the best model on average.';
  const than = challenger === bestSingleModel ? 'the runner-up' : 'the best model on average';
  const chance = `${percent(confidence)} likely to be better than ${than}`;
  if (confidence < 0.4) return `Doubtful: only ${chance}.`;
  if (confidence < 0.6) return `Close to a coin toss: ${chance}.`;
  if (confidence < 0.8) return `Fairly sure: ${chance}.`;
  return `Sure: ${chance}.`;
}

/** Where a model's number comes from. */
export const sourceWords = ({ ownMean, votes }: Pick<RankedModel, 'ownMean' | 'votes'>, policy: string) => {
  if (ownMean) return 'its average over the benchmark';
  return policy === 'signalbox' ? `weighted over ${votes} benchmark tasks` : `${votes} votes of neighbours`;
};

/** What a person can do about an error. */
export function errorWords(error: unknown): string {
  const code = (error as SignalboxError | undefined)?.code;
  const message = error instanceof Error ? error.message : String(error);
  switch (code) {
    case 'bad_checksum':
    case 'truncated':
    case 'bad_magic':
    case 'bad_section':
      return `A file was damaged on the way (${message}). Loading it again usually helps.`;
    case 'network':
      return `A file could not be loaded (${message}).`;
    case 'out_of_memory':
      return `This device has not enough free memory (${message}).`;
    case 'no_candidate':
      return 'No model is left to choose from: allow more models, or fewer limits.';
    default:
      return message;
  }
}
