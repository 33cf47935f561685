/** The user's own benchmark: result files become an index, and the page routes with it. */
import './style.css';
import { useEffect, useRef } from 'preact/hooks';
import { build, buildExample, building, built, chosen, failed, openFile, stop, take } from '../building/build.js';
import { ChosenFiles } from '../files/chosen-files.js';
import { Chooser, DropZone } from '../files/drop-zone.js';
import { KeptList } from './kept-list.js';
import { OptionFields } from './options.js';
import { Report } from './report.js';
import { RoutedOn } from './routed-on.js';

function ResultFiles() {
  return (
    <DropZone label="Result files" onFiles={take} onFailed={failed}>
      <p class="actions">
        <b>Drop result files or a folder here</b> or
        <Chooser id="build-files" label="Choose files" onFiles={take} />
        <Chooser id="build-folder" label="Choose a folder" isFolder onFiles={take} />
        <Chooser
          id="open-index"
          label="Open an index (.sbx)"
          accept=".sbx"
          onFiles={([file]) => file && openFile(file)}
        />
        <button type="button" class="small" data-example onClick={buildExample}>
          Try an example
        </button>
      </p>
    </DropZone>
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
      {files.length > 0 && <ChosenFiles files={files} />}
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
        Which models answered your own questions correctly? Drop the results of an evaluation tool, such as HELM,
        lm-evaluation-harness, promptfoo or Langfuse, or a table with one column per model, and this page routes by
        them. The files do not leave this device. <a href="./docs/build.html">All formats</a>
      </p>
      <RoutedOn />
      <ResultFiles />
      <BuildForm />
      <Progress />
      {last && <Report built={last} />}
      <KeptList />
    </div>
  );
}
