/** The benchmark questions nearest to the prompt, and the models that got them right. */
import type { Decision, Neighbour } from 'signalbox';
import { count } from './format.js';

interface Props {
  decision: Pick<Decision, 'neighbours' | 'model' | 'fallbackReason'>;
  /** Texts of the neighbours that are not in the decision, in their order. */
  texts?: readonly (string | null)[];
  /** Returns the name of a task for readers. */
  labelOf: (task: string) => string;
}

const NOT_MEASURED = <span title="not measured">–</span>;

function verdict(outcome: number | null | undefined) {
  if (outcome === null || outcome === undefined) return NOT_MEASURED;
  if (outcome === 1) return 'right';
  return outcome === 0 ? 'wrong' : `scored ${outcome.toFixed(2)}`;
}

function namesOf({ outcomes }: Neighbour, isRight: boolean): string[] {
  return Object.entries(outcomes).flatMap(([name, y]) => (y !== null && y >= 0.5 === isRight ? [name] : []));
}

/** Dots in a row of the strip. */
const ROW = 32;

/** A dot per model, filled if it was right; the pick is marked. Decorative: the numbers stand beside it. */
function Strip({ neighbour: { outcomes }, pick }: { neighbour: Neighbour; pick: string }) {
  const measured = Object.entries(outcomes).flatMap(([name, y]) => (y === null ? [] : [{ name, isRight: y >= 0.5 }]));
  const sorted = [...measured.filter(({ isRight }) => isRight), ...measured.filter(({ isRight }) => !isRight)];
  const dots = sorted.map((dot, i) => ({ ...dot, d: `M${4 + 8 * (i % ROW)} ${4 + 8 * Math.floor(i / ROW)}h0` }));
  const pathOf = (list: typeof dots) => list.map(({ d }) => d).join('');
  const [width, height] = [8 * Math.min(sorted.length, ROW), 8 * Math.ceil(sorted.length / ROW)];
  return (
    <svg class="strip" width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      <path class="strip-wrong" d={pathOf(dots.filter(({ isRight }) => !isRight))} />
      <path class="strip-right" d={pathOf(dots.filter(({ isRight }) => isRight))} />
      <path class="strip-pick" d={pathOf(dots.filter(({ name }) => name === pick))} />
    </svg>
  );
}

function WhoWasRight({ neighbour, pick }: { neighbour: Neighbour; pick: string }) {
  const right = namesOf(neighbour, true);
  const wrong = namesOf(neighbour, false);
  if (right.length + wrong.length === 0) return NOT_MEASURED;
  return (
    <details>
      <summary>
        <Strip neighbour={neighbour} pick={pick} />
        {right.length} of {count(right.length + wrong.length, 'model')}
      </summary>
      <p>
        <b>Right:</b> {right.join(', ') || 'none'}
      </p>
      <p>
        <b>Wrong:</b> {wrong.join(', ') || 'none'}
      </p>
    </details>
  );
}

/** A question: the beginning of its text and its task, or its task and id if the text may not be shown. */
function Question({ neighbour, text, label }: { neighbour: Neighbour; text: string | null; label: string }) {
  return text === null ? (
    <>
      {label} <small>{neighbour.id}</small>
    </>
  ) : (
    <>
      <span class="question" dir="auto" title={text}>
        {text}
      </span>
      <small class="question-task">{label}</small>
    </>
  );
}

export function Neighbours({ decision, texts = [], labelOf }: Props) {
  const { neighbours, model: pick } = decision;
  // The card says why.
  if (neighbours.length === 0) return null;
  // Questions of the index's own, and those of benchmarks with means only, have no outcomes.
  const isMeasured = neighbours.some(({ outcomes }) => Object.values(outcomes).some((y) => y !== null));
  return (
    <div class="wide">
      <table>
        <caption>Closest questions</caption>
        <thead>
          <tr>
            <th scope="col">Question</th>
            <th scope="col">Similarity</th>
            {isMeasured && (
              <>
                <th scope="col">The pick was</th>
                <th scope="col">Models that were right</th>
              </>
            )}
          </tr>
        </thead>
        <tbody data-neighbours>
          {neighbours.map((neighbour, i) => (
            <tr key={neighbour.row}>
              <th scope="row">
                <Question
                  neighbour={neighbour}
                  text={neighbour.text ?? texts[i] ?? null}
                  label={labelOf(neighbour.task)}
                />
              </th>
              <td>{neighbour.similarity.toFixed(2)}</td>
              {isMeasured && (
                <>
                  <td>{verdict(neighbour.outcomes[pick])}</td>
                  <td>
                    <WhoWasRight neighbour={neighbour} pick={pick} />
                  </td>
                </>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
