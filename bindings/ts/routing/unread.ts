/** Tells texts that the embedder could read from those that it could not (docs/policy.md). */
import { isBlank } from '../embedding/cut-text.js';
import type { Coverage, Decision, FallbackReason, UnreadCause } from '../types.js';

/** Least share of known words for a text to count as read. */
const LEAST_WORD_SHARE = 0.5;

/** Returns why a text could not be read; `undefined` if it was. Without a share only blanks and gibberish are unread. */
export function unreadCauseOf(text: string, wordShare?: number, gibberish?: boolean): UnreadCause | undefined {
  if (isBlank(text)) return 'empty';
  if (typeof wordShare !== 'number' || wordShare >= LEAST_WORD_SHARE)
    return gibberish === true ? 'gibberish' : undefined;
  return /\p{L}/u.test(text) ? 'language' : 'marks';
}

/** Returns the reason for a fallback of the core, which sees vectors only. */
export const fallbackReasonOf = <Reason extends FallbackReason | null>(
  reason: Reason,
  unread: UnreadCause | undefined,
) => (reason === 'unread' && unread === 'empty' ? 'empty_prompt' : reason);

export const isUnread = (reason: FallbackReason | null) => reason === 'unread' || reason === 'empty_prompt';

/** Returns whether a decision has only the models' means to go by. */
export const isOutsideBenchmark = ({
  coverage,
  fallbackReason,
}: Pick<Decision, 'fallbackReason'> & { coverage: Pick<Coverage, 'outOfCoverage'> }) =>
  coverage.outOfCoverage || isUnread(fallbackReason);
