/** The prompts of the task: typed, an example, or a file. */
import { useSignal } from '@preact/signals';
import type { TargetedDragEvent } from 'preact';
import { useRef } from 'preact/hooks';
import { count } from '../../shared/format.js';
import { Chooser } from '../files/drop-zone.js';
import { EXAMPLE } from './example.js';
import { Progress } from './progress.js';
import type { Separator } from './reading/plain-text.js';
import {
  choose,
  closeFile,
  openFile,
  reading,
  type Source,
  separateBy,
  separator,
  source,
  takeExample,
  takeText,
} from './source.js';
import { cancel, embedded, goOn, task, work } from './task.js';

const SEPARATOR_WORDS: Record<Separator, string> = {
  line: 'one prompt per line',
  blank: 'empty lines between prompts',
};

function Separators() {
  return (
    <fieldset class="task-separators">
      <legend class="visually-hidden">How prompts are separated</legend>
      {Object.entries(SEPARATOR_WORDS).map(([value, words]) => (
        <label key={value}>
          <input
            type="radio"
            name="separator"
            value={value}
            checked={separator.value === value}
            onChange={() => separateBy(value as Separator)}
          />
          {words}
        </label>
      ))}
    </fieldset>
  );
}

/** The choice of a file's column, and whether the first row names the columns. */
function Columns({ file }: { file: NonNullable<Source['file']> }) {
  const { table, choice } = file;
  if (table.fields.length === 0) return null;
  return (
    <div class="task-columns">
      <label>
        Column with the prompts
        <select
          id="task-column"
          value={choice.column}
          onChange={(event) => choose({ ...choice, column: Number(event.currentTarget.value) })}
        >
          {table.fields.map((field, i) => (
            <option key={field} value={i}>
              {field}
            </option>
          ))}
        </select>
      </label>
      {table.mayHaveHeader && (
        <label>
          <input
            type="checkbox"
            checked={choice.hasHeader}
            onChange={(event) => choose({ ...choice, hasHeader: event.currentTarget.checked })}
          />
          the first row contains column names
        </label>
      )}
    </div>
  );
}

function ReadingStatus() {
  const now = reading.value;
  if (now.kind === 'failed') {
    return (
      <p role="alert" class="status failed" dir="auto">
        {now.why}
      </p>
    );
  }
  if (now.kind === 'idle') return null;
  return (
    <div class="task-progress">
      <p role="status" class="status">
        Reading <bdi>{now.name}</bdi>
      </p>
      <progress value={now.share} aria-label="Progress" />
      <button type="button" class="secondary outline small" onClick={closeFile}>
        Cancel
      </button>
    </div>
  );
}

/** Describes what was read. */
function Taken() {
  const [now, from] = [task.value, source.value];
  if (now === undefined || from === undefined) return null;
  const isText = from.file === undefined || from.file.table.fields.length === 0;
  const { unknown = 0, truncated = 0 } = embedded.value ?? {};
  return (
    <div class="task-taken">
      <p data-taken>
        {count(now.prompts.length, 'prompt')} from <bdi>{from.name}</bdi>
        {isText && from.name !== EXAMPLE.name && `, ${SEPARATOR_WORDS[separator.value]}`}.
        {unknown > 0 && ` ${count(unknown, 'prompt')} can't be read.`}
        {truncated > 0 && ` Only the beginning of ${count(truncated, 'long prompt')} was read.`}
      </p>
      {from.file && <Columns file={from.file} />}
      {from.notices.length > 0 && (
        <ul class="plain" data-notices>
          {from.notices.map((notice) => (
            <li key={notice}>{notice}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

export function Input() {
  const text = useRef<HTMLTextAreaElement>(null);
  const isOver = useSignal(false);
  const drag = (event: TargetedDragEvent<HTMLFormElement>, isInside: boolean) => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    isOver.value = isInside;
  };
  const drop = (event: TargetedDragEvent<HTMLFormElement>) => {
    const file = event.dataTransfer?.files[0];
    drag(event, false);
    if (file !== undefined) openFile(file);
  };
  return (
    <form
      class={isOver.value ? 'task-input task-over' : 'task-input'}
      onSubmit={(event) => {
        event.preventDefault();
        takeText(text.current?.value ?? '');
      }}
      onDragOver={(event) => drag(event, true)}
      onDragLeave={(event) => drag(event, false)}
      onDrop={drop}
    >
      <div class="task-half">
        <label for="task-text">Similar prompts</label>
        {/* Uncontrolled: a long text would be copied on every key press. */}
        <textarea id="task-text" rows={5} dir="auto" autocomplete="off" spellcheck={false} ref={text} />
        <Separators />
      </div>
      <div class="task-half">
        <p>
          <b>Drop a file here</b> or{' '}
          <Chooser
            id="task-file"
            label="Choose a file"
            accept=".txt,.csv,.tsv,.tab,.json,.jsonl,.ndjson,text/plain,text/csv,application/json"
            describedBy="task-file-help"
            onFiles={([file]) => file && openFile(file)}
          />
        </p>
        <p class="task-hint" id="task-file-help">
          Text, CSV, TSV, JSON or JSONL in UTF-8, up to 50 MB and 20,000 prompts. The file stays on this device.
        </p>
      </div>
      <p class="task-actions">
        <button type="submit" class="small">
          Choose one model for all
        </button>{' '}
        <button
          type="button"
          class="secondary outline small"
          onClick={() => {
            if (text.current !== null) text.current.value = EXAMPLE.prompts.join('\n');
            takeExample();
          }}
        >
          Try 12 physics exercises
        </button>
      </p>
      <ReadingStatus />
      <Taken />
      <Progress of={work} onCancel={cancel} onAgain={goOn} />
    </form>
  );
}
