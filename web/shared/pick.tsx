/** The suggested model with what it is worth, its price and the reasons. */
import type { Decision } from 'signalbox';
import { ModelName } from './model-name.js';
import { type Figure, lampOf, noteWords, priceFigure, qualityFigure } from './words.js';

function FigureOf({ figure: { value, label, note } }: { figure: Figure }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        <b>{value}</b> {note !== '' && <small>{note}</small>}
      </dd>
    </div>
  );
}

export function Pick({ decision }: { decision: Decision }) {
  const { model } = decision;
  const { choice, resemblance, price, feedback } = decision.reasons;
  return (
    <div class="pick">
      <p class="pick-model">
        <span class="visually-hidden">Suggested model: </span>
        <strong data-pick>
          <ModelName name={model} />
        </strong>
      </p>
      <dl class="figures">
        <FigureOf figure={qualityFigure(decision)} />
        <FigureOf figure={priceFigure(decision)} />
      </dl>
      {choice !== '' && <p class="reason">{choice}</p>}
      <ul class="plain">
        <li>
          <span class={`lamp ${lampOf(decision)}`} aria-hidden="true" />
          {resemblance}
        </li>
        {price !== '' && <li>{price}</li>}
        {feedback !== '' && <li>{feedback}</li>}
        {decision.notes.map((note) => (
          <li key={note.message}>{noteWords(note)}</li>
        ))}
        {decision.truncated && <li>The prompt is long: only its beginning was read.</li>}
      </ul>
    </div>
  );
}
