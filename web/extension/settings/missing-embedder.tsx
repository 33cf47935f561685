/** What an index of one's own still needs, how much that is, and who would be asked for it. */
import { HUB, knownSize } from '../../shared/hub.js';
import { errorWords } from '../../shared/words.js';
import { cancelDownload, download, fetchNeeded, need, needed } from './embedder.js';

const HOST = new URL(HUB).host;

interface Props {
  /** The index can be used now. */
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
        <b dir="auto">{name}</b> was built with the sentence transformer <b dir="auto">{model}</b>. Prompts can be
        compared with it by the same one only: {knownSize(model, dtype) ?? 'as much as its host says when it begins'},
        downloaded once from <b>{HOST}</b> and kept in this browser. That host is asked for the model's files and for
        nothing else; your prompts stay here.
      </p>
      {now.kind === 'loading' ? (
        <p class="actions" role="status">
          {now.share === undefined ? 'Asking for it.' : `Downloading, ${Math.floor(100 * now.share)}%.`}{' '}
          <button type="button" class="secondary outline small" data-cancel onClick={cancelDownload}>
            Cancel
          </button>
        </p>
      ) : (
        <p class="actions">
          <button type="button" class="small" data-download onClick={start}>
            Download it from {HOST}
          </button>
          {isNew && (
            <button type="button" class="secondary outline small" onClick={() => need(undefined)}>
              Leave it
            </button>
          )}
        </p>
      )}
      {now.kind === 'failed' && (
        <p role="alert" class="failed" dir="auto" data-download-failed>
          It could not be used: {errorWords(now.error)} What is loaded already is kept for the next try.
        </p>
      )}
    </div>
  );
}
