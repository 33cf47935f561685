/** Says that a prompt's language needs a table, and how large it is. */
import { bytes, languageName } from '../../shared/format.js';
import { errorWords } from '../../shared/words.js';
import { answer } from '../state.js';
import { language, loadTable, reading, tableBytes } from './reading.js';

export function LanguageLine() {
  const now = reading.value;
  const name = languageName(language.value);
  const read = answer.value?.decision.language;
  if (now.kind === 'none') return read ? <p class="status">Read as {languageName(read)}.</p> : null;
  if (now.kind === 'failed') {
    return (
      <div role="alert" class="status failed">
        <p>
          The table for {name} could not be loaded. {errorWords(now.error)}
        </p>
        <button type="button" class="small" onClick={loadTable}>
          Try again
        </button>
      </div>
    );
  }
  return (
    <div class="status">
      <p role="status">
        Reading {name} needs a table of {bytes(tableBytes)}, downloaded once.
      </p>
      {now.kind === 'loading' ? (
        <progress aria-label="Download of the table" />
      ) : (
        <button type="button" class="small" onClick={loadTable}>
          Download
        </button>
      )}
    </div>
  );
}
