/** The prompts, page by page, with buttons to label a model's answer as right or wrong. */
import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { percent, shortName } from '../../shared/format.js';
import { info } from '../state.js';
import { Evidence } from './evidence.js';
import type { Outcome } from './labels.js';
import { decisions, inputs, label, labels, task } from './task.js';

const PER_PAGE = 10;
/** Longer prompts are shown in full on request. */
const SHOWN_UNITS = 240;

/** Returns the beginning of a text without splitting a surrogate pair. */
function beginningOf(text: string): string {
  const last = text.charCodeAt(SHOWN_UNITS - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? SHOWN_UNITS - 1 : SHOWN_UNITS);
}

function PromptText({ text }: { text: string }) {
  const isOpen = useSignal(false);
  if (text.length <= SHOWN_UNITS) return <p dir="auto">{text}</p>;
  return (
    <>
      {isOpen.value ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard.
        <p dir="auto" class="task-long" tabIndex={0}>
          {text}
        </p>
      ) : (
        <p dir="auto">{beginningOf(text)}…</p>
      )}
      <button
        type="button"
        class="secondary outline small"
        aria-expanded={isOpen.value}
        onClick={() => {
          isOpen.value = !isOpen.value;
        }}
      >
        {isOpen.value ? 'Show less' : 'Show all'}
      </button>
    </>
  );
}

const VERDICTS: readonly { outcome: Outcome; word: string }[] = [
  { outcome: 1, word: 'right' },
  { outcome: 0, word: 'wrong' },
];

function Verdicts({ index, model, group }: { index: number; model: string; group: string }) {
  const now = labels.value.get(index)?.get(model);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would draw a frame around two buttons.
    <span role="group" aria-label={group}>
      {VERDICTS.map(({ outcome, word }) => (
        <button
          key={word}
          type="button"
          class={`secondary outline small task-${word}`}
          aria-pressed={now === outcome}
          onClick={() => label(index, model, now === outcome ? undefined : outcome)}
        >
          {word}
        </button>
      ))}
    </span>
  );
}

/** The labels for other models, each with a button to clear it. */
function Standing({ index, besides }: { index: number; besides: string }) {
  const others = [...(labels.value.get(index) ?? [])].filter(([model]) => model !== besides);
  if (others.length === 0) return null;
  return (
    <ul class="samples task-standing">
      {others.map(([model, outcome]) => (
        <li key={model}>
          <button type="button" class="secondary outline small" onClick={() => label(index, model, undefined)}>
            {shortName(model)}: {outcome === 1 ? 'right' : 'wrong'} <span aria-hidden="true">×</span>
            <span class="visually-hidden">, clear</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function Row({ index, text, models }: { index: number; text: string; models: readonly string[] }) {
  const chosen = useSignal<string | undefined>(undefined);
  const id = useId();
  const own = inputs.value?.[index];
  // A labelled model stays selected even if the labels changed the pick, unless the benchmark does not know it.
  const labelled = [...(labels.value.get(index)?.keys() ?? [])].at(-1);
  const wanted = [chosen.value, labelled, decisions.value.signalbox?.model];
  const model = wanted.find((name) => name !== undefined && models.includes(name)) ?? models[0] ?? '';
  return (
    <li class="task-row" value={index + 1} data-row={index}>
      <div class="task-prompt">
        <PromptText text={text} />
        {own && (
          <p class="task-own" data-own>
            Suggested: {own.model}
            {own.chance !== null && `, ${percent(own.chance)}`}
          </p>
        )}
      </div>
      <div class="task-label">
        <label for={id} class="visually-hidden">
          Prompt {index + 1}: model that answered
        </label>
        <select
          id={id}
          value={model}
          onChange={(event) => {
            chosen.value = event.currentTarget.value;
          }}
        >
          {models.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
        <Verdicts index={index} model={model} group={`Prompt ${index + 1}: the answer of ${model} was`} />
        <Standing index={index} besides={model} />
      </div>
    </li>
  );
}

function Pages({ page, pages, onPage }: { page: number; pages: number; onPage: (page: number) => void }) {
  if (pages < 2) return null;
  return (
    <nav class="task-pages" aria-label="Prompts">
      <button type="button" class="secondary outline small" disabled={page === 0} onClick={() => onPage(page - 1)}>
        Previous
      </button>
      <span role="status">
        page {(page + 1).toLocaleString('en')} of {pages.toLocaleString('en')}
      </span>
      <button
        type="button"
        class="secondary outline small"
        disabled={page === pages - 1}
        onClick={() => onPage(page + 1)}
      >
        Next
      </button>
    </nav>
  );
}

/** The labelling part; remounted for each task. */
export function Labelling() {
  const page = useSignal(0);
  const prompts = task.value?.prompts ?? [];
  const models = (info.value?.models ?? []).map(({ name }) => name);
  const first = page.value * PER_PAGE;
  const shown = prompts.slice(first, first + PER_PAGE);
  return (
    <section aria-labelledby="task-labels-title" class="task-part">
      <h3 id="task-labels-title">Was it right?</h3>
      <p>
        Ask a model, look at its answer, and mark it as right or wrong. Each mark sharpens the suggestion. Take prompts
        at random: they tell the most.
      </p>
      <div class="task-labels">
        <div>
          <ol class="task-rows" start={first + 1}>
            {shown.map((text, i) => (
              <Row key={first + i} index={first + i} text={text} models={models} />
            ))}
          </ol>
          <Pages
            page={page.value}
            pages={Math.ceil(prompts.length / PER_PAGE)}
            onPage={(next) => {
              page.value = next;
            }}
          />
        </div>
        <Evidence />
      </div>
    </section>
  );
}
