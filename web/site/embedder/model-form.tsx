/** The form to choose and download a model, with the download's progress. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Dtype, Pooling } from 'signalbox/onnx';
import { bytes } from '../../shared/format.js';
import { Wide } from '../../shared/wide.js';
import { Chooser } from '../files/drop-zone.js';
import { DTYPE_WORDS, placeOf, readManifest, sizeWords } from './choice.js';
import {
  cancel,
  choice,
  choose,
  files,
  isCached,
  type LoadedFile,
  load,
  type Model,
  model,
  modelErrorWords,
  refreshCached,
  unload,
} from './model.js';
import { refreshStored } from './refine.js';

/** Returns the state of the user's own model; that of an offer is shown there. */
function own(): Model {
  const now = model.value;
  return now.kind !== 'none' && 'key' in now.wanted ? { kind: 'none' } : now;
}

function ManifestField() {
  const said = useSignal('');
  const read = async (file: File | undefined) => {
    try {
      choose({ manifest: file === undefined ? undefined : readManifest(await file.text()) });
      said.value = file === undefined ? '' : `The files will be checked against ${file.name}.`;
    } catch (error) {
      choose({ manifest: undefined });
      said.value = `${file?.name}: ${error instanceof Error ? error.message : String(error)}`;
    }
  };
  return (
    <div class="chooser-field">
      <Chooser
        id="model-manifest"
        label="Choose a manifest"
        accept=".json,application/json"
        describedBy="model-manifest-help"
        onFiles={([file]) => read(file)}
      />
      <small id="model-manifest-help">
        The SHA-256 of each file, as <code>signalbox manifest</code> prints it. Not needed for models on the hub, which
        publishes the hashes. A folder on this page's own host is trusted without one.
      </small>
      <small role="status">{said}</small>
    </div>
  );
}

function OtherModels() {
  const { pooling, maxTokens } = choice.value;
  return (
    <details>
      <summary>Options for other models: manifest, pooling, token limit</summary>
      <div class="model-fields">
        <ManifestField />
        <div>
          <label for="model-pooling">Pooling</label>
          <select
            id="model-pooling"
            value={pooling}
            onChange={(event) => choose({ pooling: event.currentTarget.value as Pooling | '' })}
          >
            <option value="">the model's own</option>
            <option value="mean">mean</option>
            <option value="cls">first token</option>
            <option value="max">maximum</option>
          </select>
        </div>
        <div>
          <label for="model-tokens">Maximum tokens per prompt</label>
          <input
            id="model-tokens"
            type="number"
            min="3"
            step="1"
            placeholder="the model's own"
            value={maxTokens}
            onInput={(event) => choose({ maxTokens: event.currentTarget.value })}
          />
        </div>
      </div>
    </details>
  );
}

function Fields() {
  const { model: name, dtype } = choice.value;
  return (
    <div class="model-fields">
      <div>
        <label for="model-name">Model</label>
        <input
          id="model-name"
          spellcheck={false}
          autocomplete="off"
          value={name}
          aria-describedby="model-name-help"
          onInput={(event) => choose({ model: event.currentTarget.value })}
        />
        <small id="model-name-help">
          A model on the hub (owner/name), or the address of a folder on this page's own host, such as{' '}
          <code>./models/mine</code>.
        </small>
      </div>
      <div>
        <label for="model-dtype">Weights</label>
        <select
          id="model-dtype"
          value={dtype}
          onChange={(event) => choose({ dtype: event.currentTarget.value as Dtype })}
        >
          {DTYPE_WORDS.map(([type, words]) => (
            <option key={type} value={type}>
              {words}
            </option>
          ))}
        </select>
      </div>
    </div>
  );
}

/** Says what the download will request, before it starts. */
function DownloadNote() {
  const now = own();
  if (now.kind === 'ready' && now.wanted === choice.value) return null;
  const { host, problem, isOwn } = placeOf(choice.value.model);
  if (problem !== undefined) return <p class="failed">{problem}</p>;
  if (isCached.value) return <p data-source>The model is in this browser's cache: loading it needs no network.</p>;
  return (
    <p data-source>
      Downloads {sizeWords(choice.value)} from <b>{host}</b>
      {isOwn && ', this page’s own host'}, and keeps the files in this browser's cache.
    </p>
  );
}

function FileRow({ file: { file, loaded, total, isDone } }: { file: LoadedFile }) {
  return (
    <tr>
      <th scope="row">{file}</th>
      <td>
        <progress aria-label={file} max={1} {...(isDone ? { value: 1 } : total > 0 ? { value: loaded / total } : {})} />
      </td>
      <td>
        {bytes(loaded)}
        {!isDone && total > 0 && ` of ${bytes(total)}`}
      </td>
    </tr>
  );
}

function Files() {
  const { kind } = own();
  if (files.value.length === 0 || kind === 'ready' || kind === 'none') return null;
  const loaded = files.value.reduce((sum, file) => sum + file.loaded, 0);
  return (
    <Wide label="Files of the model">
      <table class="files" data-files>
        <caption>{bytes(loaded)} loaded</caption>
        <thead>
          <tr>
            <th scope="col">File</th>
            <th scope="col">Progress</th>
            <th scope="col">Bytes</th>
          </tr>
        </thead>
        <tbody>
          {files.value.map((file) => (
            <FileRow key={file.file} file={file} />
          ))}
        </tbody>
      </table>
    </Wide>
  );
}

function stateWords(now: Model): string {
  switch (now.kind) {
    case 'loading':
      return 'Loading';
    case 'cancelled':
      return 'Cancelled. Parts that were loaded are kept for the next time.';
    case 'ready': {
      const { embedder, sizeBytes } = now;
      const { dtype, maxTokens } = embedder.details;
      return `${embedder.id} is ready: ${dtype}, ${bytes(sizeBytes)}, ${embedder.dim} dimensions, up to ${maxTokens} tokens.`;
    }
    default:
      return '';
  }
}

function State() {
  const now = own();
  if (now.kind === 'failed') {
    return (
      <p role="alert" class="failed" data-model-error>
        {modelErrorWords(now.error)}
      </p>
    );
  }
  return (
    <p role="status" class="status" data-model-state>
      {stateWords(now)}
    </p>
  );
}

function Buttons() {
  const now = own();
  const { kind } = now;
  const isLoaded = now.kind === 'ready' && now.wanted === choice.value;
  const isPossible = placeOf(choice.value.model).problem === undefined;
  return (
    <div class="actions">
      {kind === 'loading' && (
        <button type="button" class="small" data-cancel onClick={cancel}>
          Cancel
        </button>
      )}
      {kind !== 'loading' && !isLoaded && (
        <button type="submit" class="small" data-load disabled={!isPossible}>
          {isCached.value ? 'Load' : 'Download'}
        </button>
      )}
      {kind === 'ready' && (
        <button type="button" class="secondary outline small" data-unload onClick={unload}>
          Unload
        </button>
      )}
    </div>
  );
}

export function ModelForm() {
  const which = choice.value;
  useEffect(() => {
    // Whether another choice is cached is not known yet.
    isCached.value = false;
    const pause = setTimeout(refreshCached, 200);
    return () => clearTimeout(pause);
  }, [which]);
  const start = async () => {
    await load(choice.peek());
    await Promise.all([refreshCached(), refreshStored()]);
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        start();
      }}
    >
      <Fields />
      <OtherModels />
      <DownloadNote />
      <Buttons />
      <Files />
      <State />
    </form>
  );
}
