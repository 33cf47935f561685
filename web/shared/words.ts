/** What a page says beside the sentences of a decision, which are the package's: `Decision.reasons`. */
import type { Decision, SignalboxError } from 'signalbox';

/** The lamp of a signal: is there something to go by? Words say the same beside it. */
export function lampOf({ coverage }: Pick<Decision, 'coverage'>): 'clear' | 'caution' | 'stop' {
  if (coverage.outOfCoverage) return 'stop';
  return coverage.percentile <= 90 ? 'clear' : 'caution';
}

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
