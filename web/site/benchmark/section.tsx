/** The user's own benchmark: result files become an index, and the page routes with it. */
import './style.css';
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { BenchmarkFile } from 'signalbox/build';
import { bytes, count } from '../../shared/format.js';
import { build, buildExample, building, built, chosen, failed, openFile, stop, take } from '../building/build.js';
import { pathOf, sizeOf } from '../building/rules.js';
import { droppedFiles } from './dropped-files.js';
import { KeptList } from './kept-list.js';
import { OptionFields } from './options.js';
import { Report } from './report.js';
import { RoutedOn } from './routed-on.js';

interface ChooserProps {
  id: string;
  label: string;
  isFolder?: boolean;
  accept?: string;
  onFiles: (files: File[]) => void;
}

function Chooser({ id, label, isFolder = false, accept, onFiles }: ChooserProps) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    input.current?.toggleAttribute('webkitdirectory', isFolder);
  }, [isFolder]);
  return (
    <div>
      <label for={id}>{label}</label>
      <input
        ref={input}
        id={id}
        type="file"
        multiple={accept === undefined}
        accept={accept}
        // Clearing the value allows choosing the same file again after it was fixed.
        onClick={(event) => {
          event.currentTarget.value = '';
        }}
        onChange={(event) => {
          const files = [...(event.currentTarget.files ?? [])];
          if (files.length > 0) onFiles(files);
        }}
      />
    </div>
  );
}

/** Accepts files dropped anywhere in it; its fields do the same by keyboard. */
function DropZone() {
  const isOver = useSignal(false);
  const over = (event: DragEvent, is: boolean) => {
    event.preventDefault();
    isOver.value = is;
  };
  const drop = async (event: DragEvent) => {
    over(event, false);
    if (event.dataTransfer === null) return;
    try {
      await take(await droppedFiles(event.dataTransfer));
    } catch (error) {
      failed(error);
    }
  };
  return (
    <fieldset
      class={isOver.value ? 'drop over' : 'drop'}
      aria-label="Result files"
      onDragOver={(event) => over(event, true)}
      onDragLeave={(event) => over(event, false)}
      onDrop={drop}
    >
      <p>
        <b>Drop result files or a folder here</b>, or choose:
      </p>
      <div class="choosers">
        <Chooser id="build-files" label="Result files" onFiles={take} />
        <Chooser id="build-folder" label="A folder of result files" isFolder onFiles={take} />
        <Chooser
          id="open-index"
          label="An index file (.sbx)"
          accept=".sbx"
          onFiles={([file]) => file && openFile(file)}
        />
      </div>
      <p class="actions">
        No files yet?
        <button type="button" class="secondary outline small" data-example onClick={buildExample}>
          Try a made-up example
        </button>
      </p>
    </fieldset>
  );
}

function Chosen({ files }: { files: readonly BenchmarkFile[] }) {
  const size = files.reduce((sum, file) => sum + sizeOf(file), 0);
  const some = files.slice(0, 3).map(pathOf).join(', ');
  return (
    <p>
      {count(files.length, 'file')}, {bytes(size)}:{' '}
      <bdi>
        {some}
        {files.length > 3 && ', …'}
      </bdi>
    </p>
  );
}

/** Announces each step, and shows its progress. */
function Progress() {
  const now = building.value;
  if (now.kind === 'failed') {
    const message = now.error instanceof Error ? now.error.message : String(now.error);
    return (
      <div role="alert" class="failed" data-build-error>
        <p class="message" dir="auto">
          {message}
        </p>
        <p>The page keeps its current benchmark.</p>
      </div>
    );
  }
  const text = { idle: '', stopped: 'Stopped.', busy: '', done: '' }[now.kind];
  return (
    <>
      {now.kind === 'busy' && (
        <div class="actions busy">
          <progress aria-label="Building" {...(now.share === undefined ? {} : { value: now.share })} />
          <button type="button" class="small" data-stop onClick={stop}>
            Stop
          </button>
        </div>
      )}
      <p role="status" class="status" data-build-status>
        {now.kind === 'busy' ? now.step : now.kind === 'done' ? now.text : text}
      </p>
    </>
  );
}

function BuildForm() {
  const details = useRef<HTMLDetailsElement>(null);
  const now = building.value;
  const isMetricMissing = now.kind === 'failed' && String(now.error).includes('scores of several metrics');
  useEffect(() => {
    if (isMetricMissing && details.current !== null) details.current.open = true;
  }, [isMetricMissing]);
  const files = chosen.value;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        build();
      }}
    >
      {files.length > 0 && <Chosen files={files} />}
      <details ref={details}>
        <summary>Options: metric, prices, range of scores</summary>
        <OptionFields />
      </details>
      {files.length > 0 && now.kind !== 'busy' && (
        <button type="submit" class="small" data-build>
          Build again
        </button>
      )}
    </form>
  );
}

export function BenchmarkSection() {
  const last = built.value;
  return (
    <div class="own-benchmark">
      <p>
        Which models answered your own questions correctly? This page turns result files of HELM, lm-evaluation-harness,
        OpenCompass, inspect_ai, AlpacaEval, RouterBench, RouteLLM, MixInstruct, LLMRouter or LLMRouterBench, or a table
        with one column per model, into an index. The files do not leave this device.
      </p>
      <RoutedOn />
      <DropZone />
      <BuildForm />
      <Progress />
      {last && <Report built={last} />}
      <KeptList />
    </div>
  );
}
