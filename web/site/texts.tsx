/** The texts of the nearest questions: fetched once the user asks for them, then with every decision. */
import { effect, signal } from '@preact/signals';
import type { Decision } from 'signalbox';
import { errorWords } from '../shared/words.js';
import { answer, benchmark, currentRouter, SHIPPED } from './state.js';

/** Whether the user asked for texts. */
const isAsked = signal(false);
/** Why the last ones are missing; empty if they are not. */
const failure = signal('');
/** The texts of the current decision's neighbours, in their order. */
export const texts = signal<readonly (string | null)[]>([]);

async function load(decision: Decision): Promise<void> {
  const isCurrent = () => answer.peek()?.decision === decision;
  try {
    const router = await currentRouter();
    const found = await router.texts(decision.neighbours.map(({ row }) => row));
    if (!isCurrent()) return;
    texts.value = found;
    failure.value = '';
  } catch (error) {
    if (isCurrent()) failure.value = errorWords(error);
  }
}

// The texts of an earlier decision are those of other questions.
effect(() => {
  const decision = answer.value?.decision;
  texts.value = [];
  if (decision !== undefined && isAsked.value) load(decision);
});

/** A button that fetches the texts, while there are some to fetch. */
export function ShowTexts({ decision }: { decision: Decision }) {
  const isKnown = decision.neighbours.every(({ text }) => text !== null);
  if (isKnown || benchmark.value !== SHIPPED) return null;
  if (failure.value !== '') {
    return (
      <div role="alert" class="failed">
        <p>{failure.value}</p>
        <button type="button" class="small" onClick={() => load(decision)}>
          Try again
        </button>
      </div>
    );
  }
  if (isAsked.value) return null;
  return (
    <p>
      <button
        type="button"
        class="secondary outline small"
        data-show-texts
        onClick={() => {
          isAsked.value = true;
        }}
      >
        Show the questions
      </button>{' '}
      <small>Fetches their beginnings from this site. Your prompt stays here.</small>
    </p>
  );
}
