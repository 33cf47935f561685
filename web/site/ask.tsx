/** The first screen: two ways in, one prompt or a file of graded ones, and the decision on the prompt. */
import { Dial } from '../shared/dial.js';
import { bytes } from '../shared/format.js';
import { Figures, PickName, Reasons } from '../shared/pick.js';
import { errorWords } from '../shared/words.js';
import { Chooser, DropZone } from './files/drop-zone.js';
import { hand } from './handed.js';
import { LanguageLine } from './language/line.js';
import { ReadBy } from './read-by.js';
import { SAMPLES } from './samples.js';
import { Share } from './share.js';
import {
  answer,
  ask,
  benchmark,
  change,
  isStale,
  prompt,
  retry,
  SHIPPED,
  settings,
  shown,
  status,
  type,
} from './state.js';
import { TradeChart } from './trade-chart.js';

/** Longest text of the field. The router reads a few thousand characters; a browser takes seconds to lay out a million. */
const MOST_CHARACTERS = 100_000;

function Samples() {
  return (
    <ul class="samples" aria-label="Samples">
      {SAMPLES.map(({ label, prompt: text }) => (
        <li key={label}>
          <button
            type="button"
            class="outline small"
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

function OnePrompt() {
  const isFull = prompt.value.length >= MOST_CHARACTERS;
  return (
    <div class="card way">
      <h2>
        <label for="prompt">Ask about a prompt</label>
      </h2>
      <textarea
        id="prompt"
        rows={3}
        maxLength={MOST_CHARACTERS}
        dir="auto"
        autocomplete="off"
        spellcheck={false}
        value={prompt.value}
        onInput={(event) => type(event.currentTarget.value)}
      />
      {isFull && (
        <p class="status">The field takes {MOST_CHARACTERS.toLocaleString('en')} characters. The rest is cut.</p>
      )}
      <div class="way-foot">
        <Samples />
        <Share />
      </div>
    </div>
  );
}

function GradedPrompts() {
  return (
    <div class="card way" id="first-plan">
      <h2>Drop your graded prompts</h2>
      <DropZone label="Graded prompts, first screen" onFiles={hand} onFailed={(error) => hand({ error })}>
        <p>
          A table of prompts with a grade per model: see what to send where, what that saves and what it risks. It stays
          on this device.
        </p>
        <div class="actions">
          <Chooser id="first-files" label="Choose files" onFiles={hand} />
          <button type="button" class="outline small" data-first-example onClick={() => hand('example')}>
            See the example
          </button>
          <a href="#plan">File format</a>
        </div>
        <p>
          <small>300 support prompts with made-up grades: 58% cheaper, 1.1 points fewer right.</small>
        </p>
      </DropZone>
    </div>
  );
}

/** Takes the place of the decision. */
function Failure({ error }: { error: unknown }) {
  return (
    <div role="alert" class="status failed">
      <p>{errorWords(error)}</p>
      <button type="button" class="small" onClick={retry}>
        Try again
      </button>
    </div>
  );
}

/** Announced by screen readers when it changes; a decision is one short sentence. */
function StatusLine() {
  const now = status.value;
  const found = answer.value;
  const progress = now.kind === 'loading' ? now.progress : undefined;
  return (
    <div class="status">
      <span role="status">
        <span class="visually-hidden">{found && `Suggested model: ${found.decision.model}. `}</span>
        {found && `Decided on this device in ${Math.max(1, Math.round(found.elapsedMs))} ms. Nothing was sent.`}
        {now.kind === 'loading' &&
          (shown.value ? 'Loading the router; this answer is from its last build.' : 'Loading the router')}
      </span>
      {progress && (
        <span class="loading">
          <progress
            aria-label="Loading the router"
            {...(progress.total > 0 ? { value: progress.loaded, max: progress.total } : {})}
          />
          {progress.total > 0 && `${bytes(progress.loaded)} of ${bytes(progress.total)}`}
        </span>
      )}
    </div>
  );
}

/** The basis of the decision, where it is not the usual one. */
function Basis() {
  const found = answer.value;
  return (
    <>
      {found && found.decision.fallbackReason !== 'empty_prompt' && (
        <ReadBy reading={found.reading} pick={found.decision.model} />
      )}
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
    </>
  );
}

function Answer() {
  const now = shown.value;
  const decision = answer.value?.decision;
  const state = status.value;
  return (
    <article class="ask-answer board" aria-label="Decision" aria-busy={isStale.value}>
      <div class="answer-pick">
        <h2>Suggested model</h2>
        <div class="pick">
          {state.kind === 'failed' && <Failure error={state.error} />}
          {now === undefined && state.kind !== 'failed' && <p class="placeholder">The decision appears here.</p>}
          {now && <PickName card={now.card} isAhead={now.isAhead} />}
          {now && <Figures card={now.card} />}
        </div>
        <Dial value={settings.value.prefer} onChange={(prefer) => change({ prefer })} />
        <StatusLine />
      </div>
      <div class="answer-why">
        <div class="trade-room">
          {decision && decision.fallbackReason !== 'empty_prompt' && <TradeChart decision={decision} />}
        </div>
        <div class="reasons">{now && <Reasons card={now.card} />}</div>
        <Basis />
      </div>
    </article>
  );
}

export function Ask() {
  return (
    <section class="ask" id="ask" aria-label="Prompt and decision">
      <OnePrompt />
      <Answer />
      <GradedPrompts />
    </section>
  );
}
