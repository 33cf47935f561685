/** What a person status of decisions: shown, and erased on demand. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { count } from '../../shared/format.js';
import { ratingWords } from '../rating.js';
import { eraseAllFeedback, eraseFeedback, type StoredFeedback } from '../stored/feedback.js';
import { feedback } from './state.js';
import { StatusLine, useStatus } from './status-line.js';

/** So many at once. */
const PAGE = 30;
/** Of a prompt. */
const SHOWN_CHARACTERS = 160;

const shorten = (prompt: string) =>
  prompt.length <= SHOWN_CHARACTERS ? prompt : `${[...prompt.slice(0, SHOWN_CHARACTERS)].slice(0, -1).join('')}…`;

const dayOf = (at: number) => {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? 'at some time' : date.toLocaleDateString('en', { dateStyle: 'medium' });
};

function Item({ each, onErase }: { each: StoredFeedback; onErase: () => void }) {
  const prompt = shorten(each.prompt);
  return (
    <li data-rating={each.id}>
      <div>
        <q dir="auto">{prompt}</q>
        <br />
        {ratingWords(each).map(({ model, words }) => (
          <span key={model}>
            <b dir="auto">{model}</b> {words}.{' '}
          </span>
        ))}
        <small>{dayOf(each.at)}</small>
      </div>
      <button
        type="button"
        class="secondary outline small"
        aria-label={`Erase what you status of ${prompt.slice(0, 40)}`}
        data-erase
        onClick={onErase}
      >
        Erase
      </button>
    </li>
  );
}

function EraseAll({ onErase }: { onErase: () => void }) {
  const isAsked = useSignal(false);
  const first = useRef<HTMLButtonElement>(null);
  const again = useRef<HTMLButtonElement>(null);
  const wasAsked = useRef(false);
  useEffect(() => {
    if (isAsked.value) first.current?.focus();
    else if (wasAsked.current) again.current?.focus();
    wasAsked.current = isAsked.value;
  }, [isAsked.value]);
  if (!isAsked.value) {
    return (
      <p>
        <button
          ref={again}
          type="button"
          class="secondary outline small"
          data-erase-all
          onClick={() => {
            isAsked.value = true;
          }}
        >
          Erase all
        </button>
      </p>
    );
  }
  return (
    <fieldset class="confirm" aria-label="Erase all judgements?">
      <p>This erases {count(feedback.value.length, 'judgement')}. It cannot be undone.</p>
      <div class="actions">
        <button
          ref={first}
          type="button"
          class="secondary outline small"
          onClick={() => {
            isAsked.value = false;
          }}
        >
          Keep them
        </button>
        <button type="button" class="small danger" data-erase-all-really onClick={onErase}>
          Erase all of them
        </button>
      </div>
    </fieldset>
  );
}

export function FeedbackSection() {
  const most = useSignal(PAGE);
  const { status, attempt } = useStatus();
  const list = feedback.value;
  const toTitle = () => document.getElementById('feedback-title')?.focus();
  const erase = (each: StoredFeedback, i: number) =>
    attempt(async () => {
      // The button goes: to that of the next one, or of the last one that is left.
      const near = list[i + 1] ?? list[i - 1];
      const item = near && document.querySelector(`[data-rating="${CSS.escape(near.id)}"]`);
      if (item) item.querySelector('button')?.focus();
      else toTitle();
      await eraseFeedback([each.id]);
      return 'Erased.';
    });
  const eraseAll = () =>
    attempt(async () => {
      toTitle();
      await eraseAllFeedback();
      return 'All of them are erased.';
    });
  return (
    <section id="feedback" aria-labelledby="feedback-title">
      <h2 id="feedback-title" tabIndex={-1}>
        Your judgements
      </h2>
      <p>
        What you status of suggestions in the side panel, kept on this device. The router counts them beside the
        benchmark: a model that keeps failing you on questions like these is suggested less.
      </p>
      <p data-count>{list.length === 0 ? 'There is none yet.' : `${count(list.length, 'judgement')}.`}</p>
      {list.length > 0 && (
        <>
          <div class="kept">
            <ul>
              {list.slice(0, most.value).map((each, i) => (
                <Item key={each.id} each={each} onErase={() => erase(each, i)} />
              ))}
            </ul>
          </div>
          <div class="actions">
            {list.length > most.value && (
              <button
                type="button"
                class="secondary outline small"
                onClick={() => {
                  most.value += PAGE;
                }}
              >
                Show more, {list.length - most.value} are left
              </button>
            )}
          </div>
          <EraseAll onErase={eraseAll} />
        </>
      )}
      <StatusLine status={status} name="feedback" />
    </section>
  );
}
