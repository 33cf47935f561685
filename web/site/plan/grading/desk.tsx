/** The desk: one prompt at a time, with its answers if the files have them, to be graded by keys, mouse, touch or speech. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { NextRow } from 'signalbox/build';
import { canUndo, type Desk as DeskState, type Grade, leave, type Marks, undo } from './grades.js';

const GRADES: readonly Grade[] = ['right', 'wrong'];
/** Models with a key of their own. */
const MOST_KEYS = 9;

interface ModelProps {
  model: string;
  digit: number;
  answer: string | undefined;
  grade: Grade | undefined;
  onGrade: (grade: Grade | undefined) => void;
}

function Model({ model, digit, answer, grade, onGrade }: ModelProps) {
  return (
    <li>
      <div class="desk-model">
        <span>
          {digit <= MOST_KEYS && <kbd>{digit}</kbd>} <b dir="auto">{model}</b>
        </span>
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would draw a frame around two buttons. */}
        <span role="group" aria-label={`The answer of ${model}`}>
          {GRADES.map((one) => (
            <button
              key={one}
              type="button"
              class={`secondary outline small desk-${one}`}
              aria-pressed={grade === one}
              onClick={() => onGrade(grade === one ? undefined : one)}
            >
              {one}
            </button>
          ))}
        </span>
      </div>
      {answer !== undefined && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
        <pre class="desk-answer" dir="auto" tabIndex={0}>
          {answer}
        </pre>
      )}
    </li>
  );
}

/** Returns the grade after this one, as a digit key changes it. */
const after = (grade: Grade | undefined): Grade | undefined =>
  grade === undefined ? 'right' : grade === 'right' ? 'wrong' : undefined;

export function Desk({ state, row }: { state: DeskState & { kind: 'open' }; row: NextRow }) {
  const marks = useSignal<Marks>({});
  const said = useSignal('');
  const prompt = useRef<HTMLParagraphElement>(null);
  const isFirst = useRef(true);
  const { models } = row;
  // Another prompt: read it out. The first one does not take the focus from where the user is.
  useEffect(() => {
    if (isFirst.current) isFirst.current = false;
    else prompt.current?.focus();
  }, [row]);
  const mark = (model: string, grade: Grade | undefined) => {
    const { [model]: _, ...others } = marks.value;
    marks.value = grade === undefined ? others : { ...others, [model]: grade };
    said.value = `${model}: ${grade ?? 'no grade'}`;
  };
  const go = (given: Marks) => {
    marks.value = {};
    said.value = '';
    leave(given);
  };
  const save = () => {
    if (Object.keys(marks.value).length > 0) go(marks.value);
    else said.value = 'Grade an answer, or skip the prompt.';
  };
  const saveWithRest = () => go({ ...Object.fromEntries(models.map((model) => [model, 'wrong'])), ...marks.value });
  const back = () => {
    said.value = '';
    marks.value = undo();
  };
  const keys: Readonly<Record<string, () => void>> = {
    ...Object.fromEntries(
      models.slice(0, MOST_KEYS).map((model, i) => [`${i + 1}`, () => mark(model, after(marks.value[model]))]),
    ),
    0: saveWithRest,
    s: () => go({}),
    u: () => canUndo.value && back(),
  };
  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const isButton = event.target instanceof HTMLButtonElement;
    const action = event.key === 'Enter' ? !isButton && save : keys[event.key.toLowerCase()];
    if (!action) return;
    event.preventDefault();
    action();
  };
  const { rows } = state.next;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would draw a frame.
    <div class="desk" role="group" aria-label="Grading desk" tabIndex={-1} onKeyDown={press} data-desk={state.at}>
      <p class="desk-progress">
        <progress aria-label="Graded of this batch" value={state.at} max={rows.length} />
        <small role="status">
          Prompt {state.at + 1} of {rows.length}, {row.reason}
        </small>
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard. */}
      <p ref={prompt} class="desk-prompt" dir="auto" tabIndex={0}>
        {row.prompt}
      </p>
      <ol class="desk-models">
        {models.map((model, i) => (
          <Model
            key={model}
            model={model}
            digit={i + 1}
            answer={Object.hasOwn(row.answers, model) ? row.answers[model] : undefined}
            grade={marks.value[model]}
            onGrade={(grade) => mark(model, grade)}
          />
        ))}
      </ol>
      <div class="actions">
        <button type="button" class="small" data-desk-save onClick={save}>
          Save, next <kbd>Enter</kbd>
        </button>
        <button type="button" class="secondary outline small" data-desk-rest onClick={saveWithRest}>
          The rest is wrong, next <kbd>0</kbd>
        </button>
        <button type="button" class="secondary outline small" data-desk-skip onClick={() => go({})}>
          Skip <kbd>S</kbd>
        </button>
        <button
          type="button"
          class="secondary outline small"
          data-desk-undo
          aria-disabled={!canUndo.value}
          onClick={() => canUndo.value && back()}
        >
          Undo <kbd>U</kbd>
        </button>
      </div>
      <p role="status" class="status" data-desk-said>
        {said}
      </p>
      <small>
        The keys work while the focus is in this box: a digit marks the answer of its model as right, once more as
        wrong. Skip a prompt only if you cannot grade it: without the hard ones, a plan looks better than it is.
      </small>
    </div>
  );
}
