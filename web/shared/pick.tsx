/** The suggested model with its predicted correctness, its price and the reasons. */
import type { Decision } from 'signalbox';
import { dollars, percent, range } from './format.js';
import { lampOf, noteWords } from './words.js';

export function Pick({ decision }: { decision: Decision }) {
  const { model, price, ranking } = decision;
  const { choice, resemblance, price: trade, feedback } = decision.reasons;
  const ranked = ranking.find((entry) => entry.model === model);
  return (
    <div class="pick">
      <p class="pick-model">
        <span class="visually-hidden">Suggested model: </span>
        <strong data-pick>{model}</strong>
      </p>
      <dl class="figures">
        {ranked && (
          <div>
            <dt>chance of being right</dt>
            <dd>
              <b>{percent(ranked.pCorrect)}</b> <small>{range(ranked.interval)}</small>
            </dd>
          </div>
        )}
        <div>
          <dt>price per million tokens</dt>
          <dd>
            <b>{dollars(price.usdPerMTok)}</b>
          </dd>
        </div>
      </dl>
      <p class="reason">
        {choice} {trade}
      </p>
      <ul class="plain">
        <li>
          <span class={`lamp ${lampOf(decision)}`} aria-hidden="true" />
          {resemblance}
        </li>
        {feedback !== '' && <li>{feedback}</li>}
        {decision.notes.map((note) => (
          <li key={note.message}>{noteWords(note)}</li>
        ))}
        {decision.truncated && <li>The prompt is long: only its beginning was read.</li>}
      </ul>
    </div>
  );
}
