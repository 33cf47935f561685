/** The sentence transformer that the user's own index still needs: its size, its host, and the download. */
import { HUB, knownSize } from '../../shared/hub.js';
import { errorWords } from '../../shared/words.js';
import { cancelDownload, download, fetchNeeded, need, needed } from './embedder.js';

const HOST = new URL(HUB).host;

interface Props {
  /** Called once the index can be used. */
  onDone: () => void;
}

export function MissingEmbedderCard({ onDone }: Props) {
  const which = needed.value;
  if (which === undefined) return null;
  const { model, dtype, name, isNew } = which;
  const now = download.value;
  const start = async () => {
    if (await fetchNeeded()) onDone();
  };
  return (
    <div class="card" data-needed>
      <p>
        <b dir="auto">{name}</b> was built with the sentence transformer <b dir="auto">{model}</b>, and prompts must be
        compared with that same model. Size: {knownSize(model, dtype) ?? 'shown when the download starts'}. It is
        downloaded once from <b>{HOST}</b> and kept in this browser. Only the model's files are requested there; your
        prompts stay on this device.
      </p>
      {now.kind === 'loading' ? (
        <p class="actions" role="status">
          {now.share === undefined ? 'Starting download' : `Downloading: ${Math.floor(100 * now.share)}%`}{' '}
          <button type="button" class="secondary outline small" data-cancel onClick={cancelDownload}>
            Cancel
          </button>
        </p>
      ) : (
        <p class="actions">
          <button type="button" class="small" data-download onClick={start}>
            Download from {HOST}
          </button>
          {isNew && (
            <button type="button" class="secondary outline small" onClick={() => need(undefined)}>
              Don't use this index
            </button>
          )}
        </p>
      )}
      {now.kind === 'failed' && (
        <p role="alert" class="failed" dir="auto" data-download-failed>
          The download failed: {errorWords(now.error)} Completed files are kept for the next attempt.
        </p>
      )}
    </div>
  );
}
