/** A suggestion for a prompt that the user types, or takes from an example. */
import { cardOf } from '../../shared/card.js';
import { Pick } from '../../shared/pick.js';
import { errorWords } from '../../shared/words.js';
import { siteName } from '../mine/offered.js';
import { onSite } from '../mine/on-site.js';
import { stored } from '../stored/stored-signals.js';
import { choose, found, info, origin, prompt, take, type } from './state.js';

const EXAMPLES: readonly { label: string; text: string }[] = [
  { label: 'A query', text: 'Write a SQL query for the ten customers who spent the most last month.' },
  { label: 'A letter', text: 'Write a friendly email to a customer whose parcel is two weeks late.' },
  { label: 'A proof', text: 'Prove that there are infinitely many prime numbers of the form 4k + 3.' },
];

function Chat() {
  const origins = Object.keys(stored.value.sites);
  if (origins.length < 2) return null;
  return (
    <label class="for-chat">
      For{' '}
      <select data-for value={origin.value} onChange={({ currentTarget }) => choose(currentTarget.value)}>
        {origins.map((each) => (
          <option key={each} value={each}>
            {siteName(each)}
          </option>
        ))}
      </select>
    </label>
  );
}

function Suggested() {
  const now = found.value;
  if (now.kind === 'none') return <p class="placeholder">The suggestion appears here.</p>;
  if (now.kind === 'busy') return <p class="placeholder">Loading the router</p>;
  if (now.kind === 'failed') {
    return (
      <p role="alert" class="failed" data-failed>
        {errorWords(now.error)}
      </p>
    );
  }
  const recordOf = (model: string) => info.value?.models.find(({ name }) => name === model)?.record;
  const site = stored.value.sites[origin.value ?? ''];
  return <Pick card={onSite(cardOf(now.answer.decision, recordOf), site)} />;
}

export function FirstSuggestion() {
  const now = found.value;
  const isStale = now.kind === 'busy' || (now.kind === 'found' && now.prompt !== prompt.value);
  const here = origin.value;
  return (
    <div class="try">
      <div>
        <label for="prompt">A prompt, yours or an example</label>
        <textarea
          id="prompt"
          rows={4}
          dir="auto"
          autocomplete="off"
          spellcheck={false}
          placeholder="Type or paste a prompt"
          value={prompt.value}
          onInput={(event) => type(event.currentTarget.value)}
        />
        <div class="buttons">
          {EXAMPLES.map(({ label, text }) => (
            <button
              key={label}
              type="button"
              class="secondary outline small"
              data-example={label}
              aria-pressed={prompt.value === text}
              onClick={() => take(text)}
            >
              {label}
            </button>
          ))}
        </div>
        <Chat />
      </div>
      <article class="ask-answer board" aria-label="Suggestion" aria-busy={isStale}>
        <h2>{here === undefined ? 'Suggested model' : `Suggested model in ${siteName(here)}`}</h2>
        <Suggested />
      </article>
    </div>
  );
}
