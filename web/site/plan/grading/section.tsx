/** "Grade these next": prompts without grades, and what becomes of their grades. Loaded with the first file that has some. */
import './style.css';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { nextSentences } from 'signalbox/build';
import { count as counted } from '../../../shared/format.js';
import { save } from '../../../shared/save.js';
import { Chooser } from '../../files/drop-zone.js';
import { explained } from '../../offline/version.js';
import { chosen, planning } from '../run.js';
import { Desk } from './desk.js';
import { addPrompts, count, desk, offer, planAgain, removeAll, said, sheetText, start } from './grades.js';

const wordsOf = (error: unknown) => (error instanceof Error ? error.message : String(error)).replace(/[.!?]?$/, '.');

function Work() {
  const now = desk.value;
  if (now.kind === 'choosing') return <p role="status">Choosing prompts</p>;
  if (now.kind === 'failed') {
    return (
      <p role="alert" class="failed" dir="auto">
        No prompts can be chosen: {wordsOf(now.error)}
      </p>
    );
  }
  const row = now.next.rows[now.at];
  return (
    <>
      <ul class="plain">
        {nextSentences(now.next).map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      {row !== undefined && <Desk state={now} row={row} />}
      {row === undefined && now.next.rows.length > 0 && (
        <p role="status" data-desk-done>
          That was the last of {counted(now.next.rows.length, 'prompt')}.
        </p>
      )}
    </>
  );
}

/** Reads a file of prompts without grades. */
function MorePrompts() {
  const failure = useSignal('');
  const take = async ([file]: File[]) => {
    if (file === undefined) return;
    failure.value = '';
    const { OpenedFile } = await import('../../task/reading/opened-file.js');
    const opened = new OpenedFile();
    try {
      const { prompts } = await opened.open(file, 'line', () => undefined);
      await addPrompts(prompts);
    } catch (cause) {
      failure.value = `${file.name}: ${wordsOf(await explained(cause))}`;
    } finally {
      opened.close();
    }
  };
  return (
    <div>
      <div class="actions">
        <Chooser
          id="plan-prompts"
          label="Add prompts without grades"
          accept=".txt,.csv,.tsv,.json,.jsonl"
          onFiles={take}
        />
      </div>
      <p role="alert" class={failure.value === '' ? 'status' : 'failed'} dir="auto">
        {failure}
      </p>
    </div>
  );
}

function Uses() {
  if (count.value === 0) return null;
  const isBusy = planning.value.kind === 'busy';
  return (
    <>
      <div class="actions">
        <button
          type="button"
          class="small"
          aria-disabled={isBusy}
          data-plan-again
          onClick={() => isBusy || planAgain()}
        >
          Plan again with {counted(count.value, 'graded prompt')}
        </button>
        <button
          type="button"
          class="secondary outline small"
          data-download-grades
          onClick={() => save('grades.csv', 'text/csv', [sheetText()])}
        >
          Download the grades
        </button>
        <button type="button" class="secondary outline small" data-grade-more onClick={offer}>
          Choose others
        </button>
        <button type="button" class="secondary outline small" data-delete-grades onClick={removeAll}>
          Delete the grades
        </button>
      </div>
      <small>
        The grades are kept in this browser until you delete them. Plan with the file and <code>grades.csv</code>{' '}
        together to use them elsewhere.
      </small>
    </>
  );
}

export function Grading() {
  useEffect(() => {
    start();
  }, [chosen.value]);
  // A file that makes no plan is of use here only if it has prompts to grade.
  const now = desk.value;
  const hasNothing = now.kind === 'failed' || (now.kind === 'open' && now.next.rows.length === 0);
  if (planning.value.kind === 'failed' && hasNothing) return null;
  return (
    <section class="grading" aria-labelledby="plan-grading-title" data-grading>
      <h3 id="plan-grading-title">Grade these next</h3>
      <Work />
      <Uses />
      <MorePrompts />
      <p role="status" class="status" data-grading-said>
        {said}
      </p>
    </section>
  );
}
