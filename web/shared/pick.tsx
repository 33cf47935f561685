/** The suggested model with what it is worth, its price and the reasons. */
import type { Card } from './card.js';
import { ModelName } from './model-name.js';
import type { Figure } from './words.js';

function FigureOf({ figure: { value, label, note } }: { figure: Figure }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        <b key={value}>{value}</b> {note !== '' && <small>{note}</small>}
      </dd>
    </div>
  );
}

export function Figures({ card }: { card: Card }) {
  return (
    <dl class="figures">
      {card.figures.map((figure) => (
        <FigureOf key={figure.label} figure={figure} />
      ))}
    </dl>
  );
}

interface Props {
  card: Card;
  /** Set if the router has not decided yet: the answer is one that it gave before. */
  isAhead?: boolean;
}

function LampOf({ card: { lamp } }: { card: Card }) {
  return <span class={`lamp ${lamp}`} aria-hidden="true" />;
}

/** The name of the model. Without evidence, the advice to stay with the current one comes before it. */
export function PickName({ card, isAhead = false }: Props) {
  const { verdict, model, record } = card;
  const name = (
    <strong {...(isAhead ? {} : { 'data-pick': model })}>
      <ModelName name={model} record={record} />
    </strong>
  );
  if (verdict === '') {
    return (
      <p class="pick-model" key={model}>
        <span class="visually-hidden">Suggested model: </span>
        {name}
      </p>
    );
  }
  return (
    <>
      <p class="pick-verdict" key={verdict}>
        <LampOf card={card} />
        {verdict} {model !== '' && "Keep the model you're on."}
      </p>
      {model !== '' && <p class="pick-otherwise">Good on average, if you have none: {name}</p>}
    </>
  );
}

/** The sentences about the pick. The lamp before the first one shows how much evidence there is. */
export function Reasons({ card }: { card: Card }) {
  const { verdict, choice, resemblance, notes } = card;
  const sentences = [resemblance, ...notes].filter((words) => words !== '');
  return (
    <>
      {choice !== '' && <p class="reason">{choice}</p>}
      {sentences.length > 0 && (
        <ul class="plain">
          {sentences.map((words, i) => (
            <li key={words}>
              {i === 0 && verdict === '' && <LampOf card={card} />}
              {words}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** All of it, one below the other. */
export function Pick({ card }: { card: Card }) {
  return (
    <div class="pick">
      <PickName card={card} />
      <Figures card={card} />
      <Reasons card={card} />
    </div>
  );
}
