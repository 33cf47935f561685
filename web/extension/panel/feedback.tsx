/** The user's rating of the answer: kept on this device, and used in later decisions. */
import { signal, useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { keptPrompt, type Rating, ratingWords, storedFeedbackOf } from '../rating.js';
import { eraseFeedback, keepFeedback, listFeedback, onFeedback, type StoredFeedback } from '../stored/feedback.js';
import { type Answer, answer, info, isStale } from './state.js';

const feedback = signal<readonly StoredFeedback[]>([]);
const failure = signal('');

const refresh = () =>
  listFeedback().then(
    (list) => {
      feedback.value = list;
    },
    (error: unknown) => {
      failure.value = String(error);
    },
  );

async function attempt(action: () => Promise<unknown>): Promise<void> {
  failure.value = '';
  try {
    await action();
    await refresh();
  } catch (error) {
    failure.value = String(error);
  }
}

const keep = ({ prompt, decision }: Answer, rating: Rating) =>
  attempt(async () => keepFeedback([await storedFeedbackOf(prompt, decision.model, rating)]));

interface OtherProps {
  models: readonly string[];
  onKeep: (model: string) => void;
  onCancel: () => void;
}

/** A choice among the models of the benchmark, by a part of the name. */
function OtherModel({ models, onKeep, onCancel }: OtherProps) {
  const field = useRef<HTMLInputElement>(null);
  const typed = useSignal('');
  const isRefused = useSignal(false);
  useEffect(() => field.current?.focus(), []);
  const submit = (event: Event) => {
    event.preventDefault();
    const model = typed.value.trim();
    isRefused.value = !models.includes(model);
    if (!isRefused.value) onKeep(model);
  };
  return (
    <form class="other" onSubmit={submit} onKeyDown={(event) => event.key === 'Escape' && onCancel()}>
      <label for="other-model">Which model gave the right answer?</label>
      <input
        ref={field}
        id="other-model"
        list="other-models"
        autocomplete="off"
        spellcheck={false}
        dir="auto"
        placeholder="Part of its name"
        value={typed}
        aria-invalid={isRefused.value ? 'true' : undefined}
        aria-describedby={isRefused.value ? 'other-refused' : undefined}
        onInput={(event) => {
          typed.value = event.currentTarget.value;
          isRefused.value = false;
        }}
      />
      <datalist id="other-models">
        {models.map((model) => (
          <option key={model} value={model} />
        ))}
      </datalist>
      {isRefused.value && (
        <small class="refused" id="other-refused" role="alert">
          This benchmark has no model of that name. Choose one from the list.
        </small>
      )}
      <p class="actions">
        <button type="submit" class="small" data-keep-other>
          Save
        </button>
        <button type="button" class="secondary outline small" onClick={onCancel}>
          Cancel
        </button>
      </p>
    </form>
  );
}

function Kept({ each, onUndo }: { each: StoredFeedback; onUndo: () => void }) {
  return (
    <li data-rating={each.id}>
      Saved on this device:{' '}
      {ratingWords(each).map(({ model, words }) => (
        <span key={model}>
          <b dir="auto">{model}</b> {words}.{' '}
        </span>
      ))}
      <button type="button" class="link-button" data-undo onClick={onUndo}>
        Undo
      </button>
    </li>
  );
}

/** Asks for a rating once the user says that the answer is there. */
function Asked({ found }: { found: Answer }) {
  const isAnswered = useSignal(false);
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (isAnswered.value) title.current?.focus();
  }, [isAnswered.value]);
  const mine = feedback.value.filter(({ prompt }) => prompt === keptPrompt(found.prompt));
  if (isAnswered.value || mine.length > 0) {
    const stay = () => {
      isAnswered.value = true;
    };
    return <Rate found={found} mine={mine} title={title} onUndo={stay} />;
  }
  return (
    <button
      type="button"
      class="link-button"
      data-answered
      onClick={() => {
        isAnswered.value = true;
      }}
    >
      Rate the answer, once you have it
    </button>
  );
}

interface RateProps {
  found: Answer;
  /** Ratings of this prompt. */
  mine: readonly StoredFeedback[];
  title: RefObject<HTMLHeadingElement | null>;
  /** The last rating may go: the question stays. */
  onUndo: () => void;
}

/** The ways to rate the answer, and the ratings so far. */
function Rate({ found, mine, title, onUndo }: RateProps) {
  const isOther = useSignal(false);
  const otherButton = useRef<HTMLButtonElement>(null);
  const close = () => {
    isOther.value = false;
    otherButton.current?.focus();
  };
  const models = (info.value?.models ?? []).map(({ name }) => name).filter((name) => name !== found.decision.model);
  const say = (rating: Rating) => {
    isOther.value = false;
    keep(found, rating);
  };
  return (
    <>
      <h2 id="feedback-title" ref={title} tabIndex={-1}>
        Was the answer right?
      </h2>
      <div class="buttons">
        <button type="button" class="secondary outline small" data-right onClick={() => say({ kind: 'right' })}>
          Yes
        </button>
        <button type="button" class="secondary outline small" data-wrong onClick={() => say({ kind: 'wrong' })}>
          No
        </button>
        <button
          ref={otherButton}
          type="button"
          class="secondary outline small"
          data-other
          aria-expanded={isOther}
          onClick={() => {
            isOther.value = !isOther.value;
          }}
        >
          I used a different model
        </button>
      </div>
      {isOther.value && (
        <OtherModel
          models={models}
          onCancel={close}
          onKeep={(model) => {
            say({ kind: 'other', model });
            otherButton.current?.focus();
          }}
        />
      )}
      <div role="status" class="kept-here">
        {mine.length > 0 && (
          <ul class="plain">
            {mine.map((each) => (
              <Kept
                key={each.id}
                each={each}
                onUndo={() => {
                  // The button disappears with its rating.
                  title.current?.focus();
                  onUndo();
                  attempt(() => eraseFeedback([each.id]));
                }}
              />
            ))}
          </ul>
        )}
      </div>
      {failure.value !== '' && (
        <p role="alert" class="failed">
          Your rating could not be saved: {failure}
        </p>
      )}
    </>
  );
}

export function Feedback() {
  useEffect(() => {
    refresh();
    return onFeedback(refresh);
  }, []);
  const found = answer.value;
  if (found === undefined) return null;
  return (
    <section class="feedback" aria-label="Your rating" aria-busy={isStale.value} data-feedback>
      <Asked key={found.prompt} found={found} />
    </section>
  );
}
