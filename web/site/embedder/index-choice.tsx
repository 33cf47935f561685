/** An index for the larger embedder: opened, or built from the user's files. */
import { count } from '../../shared/format.js';
import { isHubId, PAPERS_MODEL } from '../../shared/hub.js';
import { chosen, chosenName, download } from '../building/build.js';
import { EXAMPLE_NAME } from '../building/example.js';
import { Chooser } from '../files/drop-zone.js';
import {
  buildFromChosen,
  chooseWaiting,
  exampleForBoth,
  large,
  openIndex,
  preparing,
  stopPreparing,
  waiting,
} from './large.js';
import { choice, model } from './model.js';

function Waits() {
  const index = waiting.value;
  if (index === undefined) return null;
  const { id, details } = index.embedder;
  const isChosen = choice.value.model.trim() === id;
  return (
    <div role="status" class="note" data-waiting>
      <p>
        <b dir="auto">{index.name}</b> was built with <code>{id}</code>
        {details && ` (${details.dtype})`}. It is used as soon as that model is loaded.
      </p>
      {isHubId(id) && !isChosen && (
        <button type="button" class="secondary outline small" onClick={chooseWaiting}>
          Choose this model
        </button>
      )}
    </div>
  );
}

function BuildHere() {
  const isReady = model.value.kind === 'ready';
  const isBusy = preparing.value.kind === 'busy';
  const files = chosen.value;
  const name = chosenName();
  return (
    <div>
      <p>
        <b>Build an index</b> from the files of <a href="#benchmark">your own benchmark</a>. The model embeds each of
        their prompts; the comparison below shows how long one takes. The files stay on this device.
      </p>
      <div class="actions">
        {files.length > 0 && name !== EXAMPLE_NAME && (
          <button
            type="button"
            class="secondary outline small"
            data-rebuild
            disabled={!isReady || isBusy}
            onClick={buildFromChosen}
          >
            Build from <bdi>{name}</bdi> ({count(files.length, 'file')})
          </button>
        )}
        <button
          type="button"
          class="secondary outline small"
          data-example-both
          disabled={!isReady || isBusy}
          onClick={exampleForBoth}
        >
          Try it with the made-up example
        </button>
      </div>
      {!isReady && <small>Load a model first.</small>}
    </div>
  );
}

function OpenOne() {
  const name = choice.value.model.trim();
  const source = isHubId(name) ? name : PAPERS_MODEL;
  return (
    <div class="chooser-field">
      <p>
        <b>Open an index</b> that was built with this model.
      </p>
      <Chooser
        id="large-index"
        label="Choose an index (.sbx)"
        accept=".sbx"
        describedBy="large-index-help"
        onFiles={([file]) => file && openIndex(file)}
      />
      <small id="large-index-help">
        <code>npx signalbox build results/ -o mine.sbx --embedder onnx:{source}</code> builds such an index.
      </small>
    </div>
  );
}

/** Estimates the remaining time; empty until there is enough to estimate from. */
function remainingWords(share: number | undefined, since: number): string {
  const seconds = (performance.now() - since) / 1000;
  if (share === undefined || share < 0.02 || share >= 1 || seconds < 3) return '';
  const left = (seconds * (1 - share)) / share;
  return left < 90 ? `about ${Math.ceil(left)} s left` : `about ${Math.ceil(left / 60)} min left`;
}

function Progress() {
  const now = preparing.value;
  if (now.kind === 'failed') {
    return (
      <p role="alert" class="failed" dir="auto" data-index-error>
        {now.error instanceof Error ? now.error.message : String(now.error)}
      </p>
    );
  }
  if (now.kind !== 'busy') {
    const found = large.value;
    return (
      <p role="status" class="status" data-index-state>
        {now.kind === 'stopped' && 'Stopped. '}
        {found && `Using ${found.name}: ${count(found.router.info.rows, 'row')}.`}
      </p>
    );
  }
  return (
    <>
      <div class="actions busy">
        <progress aria-label="Preparing the index" {...(now.share === undefined ? {} : { value: now.share })} />
        <button type="button" class="small" data-stop-index onClick={stopPreparing}>
          Stop
        </button>
      </div>
      <p role="status" class="status" data-index-state>
        {now.step}
      </p>
      <small>{remainingWords(now.share, now.since)}</small>
    </>
  );
}

export function IndexChoice() {
  const found = large.value;
  return (
    <>
      <div class="columns">
        <BuildHere />
        <OpenOne />
      </div>
      <Waits />
      <Progress />
      {found && (
        <button
          type="button"
          class="secondary outline small"
          data-download-large
          onClick={() => download(`${found.name}-${found.router.info.embedder.id}`, found.index)}
        >
          Download this index
        </button>
      )}
    </>
  );
}
