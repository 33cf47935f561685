/** All candidates, best first, with their predicted correctness. */

import { useState } from 'preact/hooks';
import { type Decision, type RankedModel, sourceWords } from 'signalbox';
import type { RecordOf } from './card.js';
import { costUnitOf } from './cost.js';
import { count, range } from './format.js';
import { ModelName } from './model-name.js';
import { comparedWords } from './words.js';

/** Draws the interval as a bar and the prediction as a mark. Decorative: the numbers stand beside it. */
function IntervalBar({ p, interval: [low, high] }: { p: number; interval: readonly [number, number] }) {
  return (
    <svg class="interval" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      <rect class="interval-all" x="0" y="4" width="100" height="2" />
      <rect class="interval-range" x={100 * low} y="2.5" width={100 * (high - low)} height="5" />
      <rect class="interval-mark" x={Math.max(0, 100 * p - 1)} y="0" width="2" height="10" />
    </svg>
  );
}

interface Props {
  decision: Decision;
  recordOf: RecordOf;
  /** Number of models that are shown at first. */
  first?: number;
}

export function Ranking({ decision, recordOf, first = 5 }: Props) {
  const [isOpen, setOpen] = useState(false);
  const { ranking, model: pick, policy, chance } = decision;
  const isChance = chance !== null;
  const unit = costUnitOf(ranking);
  const priceOf = (entry: RankedModel) => {
    const usd = unit.costOf(entry);
    return usd === null ? 'unknown' : unit.words(usd);
  };
  // Narrow screens do not show the bar.
  const rangeClass = isChance ? '' : 'bar-only';
  const shown = isOpen ? ranking : ranking.slice(0, first);
  const hasPick = shown.some(({ model }) => model === pick);
  const rows = hasPick ? shown : [...shown, ...ranking.filter(({ model }) => model === pick)];
  return (
    <>
      <div class="wide">
        <table>
          <caption>{isChance ? 'Ranking by chance of being right' : 'Ranking'}</caption>
          <thead>
            <tr>
              <th scope="col">Model</th>
              <th scope="col">{isChance ? 'Chance of being right' : 'Against the best'}</th>
              <th scope="col" class={rangeClass}>
                {isChance ? '95% interval' : 'Expected range'}
              </th>
              <th scope="col">{unit.column}</th>
            </tr>
          </thead>
          <tbody data-ranking>
            {rows.map((entry) => (
              <tr key={entry.model} class={entry.model === pick ? 'picked' : ''}>
                <th scope="row">
                  <ModelName name={entry.model} record={recordOf(entry.model)} />
                  {entry.model === pick && <small> the pick</small>}
                </th>
                <td title={sourceWords(entry, policy)}>{comparedWords(decision, entry.pCorrect)}</td>
                <td class={rangeClass}>
                  <IntervalBar p={entry.pCorrect} interval={entry.interval} />{' '}
                  {isChance && <small>{range(entry.interval)}</small>}
                </td>
                <td>{priceOf(entry)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {ranking.length > first && (
        <button type="button" class="secondary outline small" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? `Show only the best ${first}` : `Show all ${count(ranking.length, 'model')}`}
        </button>
      )}
    </>
  );
}
