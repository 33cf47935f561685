/** The chart as a table: the same models in the same order. */
import { useMemo } from 'preact/hooks';
import type { CostUnit } from '../../shared/cost.js';
import { frontierOf, type PricedModel } from '../../shared/frontier.js';
import type { QualityWords } from './quality.js';

interface Props {
  points: readonly PricedModel[];
  pick: string;
  selected: string | undefined;
  onSelect: (model: string | undefined) => void;
  unit: CostUnit;
  quality: QualityWords;
}

interface RowProps {
  point: PricedModel;
  isFrontier: boolean;
  isPick: boolean;
  isSelected: boolean;
  onSelect: Props['onSelect'];
  unit: CostUnit;
  quality: QualityWords;
}

function Row({ point, isFrontier, isPick, isSelected, onSelect, unit, quality }: RowProps) {
  const { model, usd, p, interval } = point;
  return useMemo(
    () => (
      <tr class={`${isPick ? 'picked' : ''} ${isSelected ? 'selected' : ''}`}>
        <th scope="row">
          <button
            type="button"
            class="plain-button"
            aria-pressed={isSelected}
            onClick={() => onSelect(isSelected ? undefined : model)}
          >
            <bdi>{model}</bdi>
          </button>
          {isPick && <small> the pick</small>}
        </th>
        <td>{unit.words(usd)}</td>
        <td>{quality.tick(p)}</td>
        {quality.interval && <td>{quality.interval(interval)}</td>}
        <td>{isFrontier ? 'yes' : 'no'}</td>
      </tr>
    ),
    [point, isFrontier, isPick, isSelected, onSelect, unit, quality],
  );
}

export function PointTable({ points, pick, selected, onSelect, unit, quality }: Props) {
  const frontier = useMemo(() => new Set(frontierOf(points)), [points]);
  // Preact skips elements that are the same, as they are while only the band moves.
  return useMemo(
    () => (
      <div class="wide points">
        <table>
          <caption>Models in the chart, cheapest first</caption>
          <thead>
            <tr>
              <th scope="col">Model</th>
              <th scope="col">{unit.column}</th>
              <th scope="col">{quality.name}</th>
              {quality.interval && <th scope="col">95% interval</th>}
              <th scope="col">On the frontier</th>
            </tr>
          </thead>
          <tbody data-points>
            {points.map((point) => (
              <Row
                key={point.model}
                point={point}
                isFrontier={frontier.has(point)}
                isPick={point.model === pick}
                isSelected={point.model === selected}
                onSelect={onSelect}
                unit={unit}
                quality={quality}
              />
            ))}
          </tbody>
        </table>
      </div>
    ),
    [points, frontier, pick, selected, onSelect, unit, quality],
  );
}
