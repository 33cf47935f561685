/** Shows work in progress with a button to cancel it, or a failure with a button to retry. */
import type { ReadonlySignal } from '@preact/signals';
import { errorWords } from '../../shared/words.js';
import type { Work } from './task.js';

function words(now: Work): string {
  switch (now.kind) {
    case 'embedding':
      return `Reading the prompts: ${now.done.toLocaleString('en')} of ${now.total.toLocaleString('en')}`;
    case 'routing':
      return `Routing the prompts: ${now.done.toLocaleString('en')} of ${now.total.toLocaleString('en')}`;
    case 'deciding':
      return 'Deciding';
    case 'cancelled':
      return 'Cancelled.';
    default:
      return '';
  }
}

interface Props {
  of: ReadonlySignal<Work>;
  onCancel: () => void;
  onAgain: () => void;
  /** Shown when the work is done. */
  done?: string;
}

export function Progress({ of, onCancel, onAgain, done = '' }: Props) {
  const now = of.value;
  if (now.kind === 'failed') {
    return (
      <div role="alert" class="status failed">
        <p>{errorWords(now.error)}</p>
        <button type="button" class="small" onClick={onAgain}>
          Try again
        </button>
      </div>
    );
  }
  const isCounted = now.kind === 'embedding' || now.kind === 'routing';
  return (
    <div class="task-progress">
      <p role="status" class="status">
        {now.kind === 'idle' ? done : words(now)}
      </p>
      {isCounted && <progress value={now.done} max={now.total} aria-label="Progress" />}
      {(isCounted || now.kind === 'deciding') && (
        <button type="button" class="secondary outline small" onClick={onCancel}>
          Cancel
        </button>
      )}
      {now.kind === 'cancelled' && (
        <button type="button" class="secondary outline small" onClick={onAgain}>
          Continue
        </button>
      )}
    </div>
  );
}
