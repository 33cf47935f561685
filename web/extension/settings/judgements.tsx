/** What a person said of decisions: shown, and erased on demand. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { count } from '../../shared/format.js';
import { verdictsOf } from '../judging.js';
import { eraseAllJudged, eraseJudged, type Judged } from '../stored/judged.js';
import { SaidLine, useSaid } from './said.js';
import { judged } from './state.js';

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

function Item({ each, onErase }: { each: Judged; onErase: () => void }) {
  const prompt = shorten(each.prompt);
  return (
    <li data-judged={each.id}>
      <div>
        <q dir="auto">{prompt}</q>
        <br />
        {verdictsOf(each).map(({ model, words }) => (
          <span key={model}>
            <b dir="auto">{model}</b> {words}.{' '}
          </span>
        ))}
        <small>{dayOf(each.at)}</small>
      </div>
      <button
        type="button"
        class="secondary outline small"
        aria-label={`Erase what you said of ${prompt.slice(0, 40)}`}
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
      <p>This erases {count(judged.value.length, 'judgement')}. It cannot be undone.</p>
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

export function JudgementsSection() {
  const most = useSignal(PAGE);
  const { said, attempt } = useSaid();
  const list = judged.value;
  const toTitle = () => document.getElementById('judgements-title')?.focus();
  const erase = (each: Judged, i: number) =>
    attempt(async () => {
      // The button goes: to that of the next one, or of the last one that is left.
      const near = list[i + 1] ?? list[i - 1];
      const item = near && document.querySelector(`[data-judged="${CSS.escape(near.id)}"]`);
      if (item) item.querySelector('button')?.focus();
      else toTitle();
      await eraseJudged([each.id]);
      return 'Erased.';
    });
  const eraseAll = () =>
    attempt(async () => {
      toTitle();
      await eraseAllJudged();
      return 'All of them are erased.';
    });
  return (
    <section id="judgements" aria-labelledby="judgements-title">
      <h2 id="judgements-title" tabIndex={-1}>
        Your judgements
      </h2>
      <p>
        What you said of suggestions in the side panel, kept on this device. The router counts them beside the
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
      <SaidLine said={said} name="judgements" />
    </section>
  );
}
