/** The prompt and its decision: the first thing that a visitor sees. */
import { Dial } from '../shared/dial.js';
import { Pick } from '../shared/pick.js';
import { errorWords } from '../shared/words.js';
import { LanguageLine } from './language/line.js';
import { ReadBy } from './read-by.js';
import { SAMPLES } from './samples.js';
import { Share } from './share.js';
import { answer, ask, benchmark, change, isStale, prompt, retry, SHIPPED, settings, status, type } from './state.js';

function Samples() {
  return (
    <ul class="samples" aria-label="Samples">
      {SAMPLES.map(({ label, prompt: text }) => (
        <li key={label}>
          <button
            type="button"
            class="secondary outline small"
            title={text}
            aria-pressed={prompt.value === text}
            onClick={() => ask(text)}
          >
            {label}
          </button>
        </li>
      ))}
    </ul>
  );
}

/** Announced by screen readers when it changes; a decision is one short sentence. */
function StatusLine() {
  const now = status.value;
  if (now.kind === 'loading') {
    const file = now.file.slice(now.file.lastIndexOf('/') + 1);
    return (
      <p role="status" class="status">
        {file === '' ? 'Loading' : `Loading ${file}, ${now.percent.toFixed(0)}%`}
      </p>
    );
  }
  if (now.kind === 'failed') {
    return (
      <div role="alert" class="status failed">
        <p>{errorWords(now.error)}</p>
        <button type="button" class="small" onClick={retry}>
          Try again
        </button>
      </div>
    );
  }
  const found = answer.value;
  return (
    <p role="status" class="status">
      <span class="visually-hidden">{found && `Suggested model: ${found.decision.model}. `}</span>
      {found && `Decided on this device in ${Math.max(1, Math.round(found.elapsedMs))} ms. Nothing was sent.`}
    </p>
  );
}

export function Ask() {
  const found = answer.value;
  return (
    <section class="ask" aria-label="Prompt and decision">
      <div class="ask-prompt">
        <label for="prompt">Your prompt</label>
        <textarea
          id="prompt"
          rows={5}
          dir="auto"
          autocomplete="off"
          spellcheck={false}
          value={prompt.value}
          onInput={(event) => type(event.currentTarget.value)}
        />
        <Samples />
        <Share />
      </div>
      <article class="ask-answer board" aria-label="Decision" aria-busy={isStale.value}>
        <h2>Suggested model</h2>
        {found ? <Pick decision={found.decision} /> : <p class="placeholder">The decision appears here.</p>}
        {found && found.decision.fallbackReason !== 'empty_prompt' && (
          <ReadBy reading={found.reading} pick={found.decision.model} />
        )}
        <Dial value={settings.value.prefer} onChange={(prefer) => change({ prefer })} />
        <StatusLine />
        <LanguageLine />
        {benchmark.value !== SHIPPED && (
          <p class="status">
            Benchmark:{' '}
            <a href="#benchmark">
              <bdi>{benchmark.value.name}</bdi>
            </a>
            .
          </p>
        )}
      </article>
    </section>
  );
}
