/** The user's ratings, which can be erased. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { count } from '../../shared/format.js';
import { StatusLine, useStatus } from '../mine/status-line.js';
import { ratingWords } from '../rating.js';
import { eraseAllFeedback, eraseFeedback, type StoredFeedback } from '../stored/feedback.js';
import { feedback } from './state.js';

/** Number of ratings shown at a time. */
const PAGE = 30;
/** Number of characters shown of a prompt. */
const SHOWN_CHARACTERS = 160;
const DAY_MS = 86_400_000;

const shorten = (prompt: string) =>
  prompt.length <= SHOWN_CHARACTERS ? prompt : `${[...prompt.slice(0, SHOWN_CHARACTERS)].slice(0, -1).join('')}…`;

/** Feedback of the future was dated by a clock that was wrong. */
const dayOf = (at: number) => {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) || at > Date.now() + DAY_MS
    ? 'on an unknown date'
    : date.toLocaleDateString('en', { dateStyle: 'medium' });
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
        aria-label={`Erase your rating for ${prompt.slice(0, 40)}`}
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
    <fieldset class="confirm" aria-label="Erase all ratings?">
      <p>This erases {count(feedback.value.length, 'rating')} and cannot be undone.</p>
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
          Erase all ratings
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
      // The button disappears, so the focus moves to the next rating, or else to the previous one.
      const near = list[i + 1] ?? list[i - 1];
      const item = near && document.querySelector(`[data-rating="${CSS.escape(near.id)}"]`);
      if (item) item.querySelector('button')?.focus();
      else toTitle();
      await eraseFeedback([each.id]);
      return 'The rating was erased.';
    });
  const eraseAll = () =>
    attempt(async () => {
      toTitle();
      await eraseAllFeedback();
      return 'All ratings were erased.';
    });
  return (
    <section id="feedback" aria-labelledby="feedback-title">
      <h2 id="feedback-title" tabIndex={-1}>
        Your ratings
      </h2>
      <p>
        Ratings that you gave in the side panel, kept on this device. The router uses them together with the benchmark:
        a model that keeps failing you on questions like these is suggested less often.
      </p>
      <p data-count>{list.length === 0 ? 'No ratings yet.' : `${count(list.length, 'rating')}.`}</p>
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
                Show {Math.min(PAGE, list.length - most.value)} more
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
