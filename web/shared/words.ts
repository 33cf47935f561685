/** Words of the pages. The sentences about a decision come from the package: `Decision.reasons`. */
import type { Decision, Note, SignalboxError } from 'signalbox';

/** State of the signal lamp; `dark` if the prompt could not be read. */
export type Lamp = 'clear' | 'caution' | 'stop' | 'dark';

/** Returns the state of the signal lamp, which shows how much evidence there is. The words beside it say the same. */
export function lampOf({ coverage, fallbackReason }: Pick<Decision, 'coverage' | 'fallbackReason'>): Lamp {
  if (fallbackReason === 'unread' || fallbackReason === 'empty_prompt') return 'dark';
  if (coverage.outOfCoverage) return 'stop';
  return coverage.percentile <= 90 ? 'clear' : 'caution';
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
