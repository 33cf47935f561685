/** The chart of quality against price: a point per model, the frontier, and marks for models with a role. Props are plain data. */
import { useMemo, useState } from 'preact/hooks';
import type { CostUnit } from '../../shared/cost.js';
import { shortName } from '../../shared/format.js';
import type { PricedModel } from '../../shared/frontier.js';
import { usePlot } from '../use-plot.js';
import { OUTLINES, ROLES, type Role } from './marks.js';
import { type ChartData, CostPlot } from './plot.js';
import { priceAxis } from './price-axis.js';
import type { QualityWords } from './quality.js';

export interface CostChartProps {
  points: readonly PricedModel[];
  pick?: string | undefined;
  /** The best model overall. */
  bestSingle?: string | undefined;
  /** The best model for this prompt, regardless of price. */
  challenger?: string | undefined;
  /** The predicted quality that the dial accepts. */
  band?: { low: number; high: number; words: string } | undefined;
  unit: CostUnit;
  quality: QualityWords;
  selected: string | undefined;
  onSelect: (model: string | undefined) => void;
}

const ROLE_WORDS: Record<Role, string> = {
  pick: 'the pick',
  'best-single': 'best overall',
  challenger: 'best for this prompt',
};

export function pointWords({ model, usd, p, interval }: PricedModel, unit: CostUnit, quality: QualityWords): string {
  const within = quality.interval === undefined ? '' : `, interval ${quality.interval(interval)}`;
  return `${model}: ${unit.words(usd)}, ${quality.of(p)}${within}`;
}

function rolesOf({ pick, bestSingle, challenger }: CostChartProps): ChartData['roles'] {
  const players: Record<Role, string | undefined> = { pick, 'best-single': bestSingle, challenger };
  const roles = new Map<string, Role[]>();
  // Words go from the most important role to the least; shapes are drawn the other way round.
  for (const role of [...ROLES].reverse()) {
    const model = players[role];
    if (model !== undefined) roles.set(model, [...(roles.get(model) ?? []), role]);
  }
  return new Map(
    [...roles].map(([model, mine]) => {
      const words = mine.map((role) => ROLE_WORDS[role]).join(', ');
      return [model, { roles: mine, words, label: `${words}: ${shortName(model)}` }];
    }),
  );
}

const createPlot = (host: HTMLElement, data: ChartData) => new CostPlot(host, data);

/** Returns the point that a key moves to from the point at `at`; -1 for none, `undefined` for other keys. */
function stepOf(key: string, at: number, count: number): number | undefined {
  const last = count - 1;
  switch (key) {
    case 'ArrowRight':
    case 'ArrowUp':
      return Math.min(last, at + 1);
    case 'ArrowLeft':
    case 'ArrowDown':
      return at < 0 ? last : Math.max(0, at - 1);
    case 'PageUp':
      return Math.min(last, at + 10);
    case 'PageDown':
      return Math.max(0, at - 10);
    case 'Home':
      return 0;
    case 'End':
      return last;
    case 'Escape':
      return -1;
    default:
      return undefined;
  }
}

function Shape({ role }: { role: Role }) {
  return (
    <svg class={`shape shape-${role}`} viewBox="-14 -14 28 28" aria-hidden="true">
      <path d={OUTLINES[role]} />
    </svg>
  );
}

function Legend({ data, band }: { data: ChartData; band: string | undefined }) {
  const shown = new Set(data.points.flatMap(({ model }) => data.roles.get(model)?.roles ?? []));
  return (
    <ul class="legend" aria-label="Legend">
      {[...ROLES].reverse().map((role) =>
        shown.has(role) ? (
          <li key={role}>
            <Shape role={role} /> {ROLE_WORDS[role]}
          </li>
        ) : null,
      )}
      <li>
        <span class="swatch swatch-frontier" aria-hidden="true" /> frontier: no model is both cheaper and better
      </li>
      {band !== undefined && (
        <li>
          <span class="swatch swatch-band" aria-hidden="true" /> {band}
        </li>
      )}
    </ul>
  );
}

/** A tooltip beside the point, on the side with more room. Screen readers get the same from the chart's value. */
function Tip({ point, plot, data }: { point: PricedModel; plot: CostPlot; data: ChartData }) {
  const { left, top } = plot.at(point, data.axis);
  const words = data.roles.get(point.model)?.words;
  const isRight = left > plot.width / 2;
  const isLow = top > plot.height / 2;
  return (
    <div
      class="tip"
      data-tip
      aria-hidden="true"
      style={{
        [isRight ? 'right' : 'left']: `${isRight ? plot.width - left + 16 : left + 16}px`,
        [isLow ? 'bottom' : 'top']: `${isLow ? plot.height - top + 12 : top + 12}px`,
      }}
    >
      <b dir="auto">{point.model}</b>
      <span>
        {data.unit.words(point.usd)}, {data.quality.of(point.p)}
      </span>
      {data.quality.interval && <span>interval {data.quality.interval(point.interval)}</span>}
      {words !== undefined && <span>{words}</span>}
    </div>
  );
}

export function CostChart(props: CostChartProps) {
  const { points, band, selected, onSelect, unit, quality } = props;
  const { pick, bestSingle, challenger } = props;
  const axis = useMemo(() => priceAxis(points.map(({ usd }) => usd)), [points]);
  const data = useMemo<ChartData>(
    () => ({ points, axis, band, unit, quality, roles: rolesOf(props), selected }),
    [points, band?.low, band?.high, unit, quality, pick, bestSingle, challenger, selected],
  );
  const { host, plot } = usePlot(createPlot, data);
  const [hovered, setHovered] = useState<PricedModel | undefined>(undefined);
  const at = points.findIndex(({ model }) => model === selected);
  // The hovered model may have no point any more.
  const pointed = points.find(({ model }) => model === hovered?.model) ?? points[at];
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const next = stepOf(event.key, at, points.length);
    if (next === undefined) return;
    event.preventDefault();
    setHovered(undefined);
    onSelect(points[next]?.model);
  };
  const point = points[at];
  return (
    <figure class="cost-chart">
      <figcaption>
        <Legend data={data} band={band?.words} />
      </figcaption>
      <div
        class="cost-plot"
        role="slider"
        tabIndex={0}
        aria-label="Models in the chart, from cheap to expensive"
        aria-valuemin={0}
        aria-valuemax={points.length}
        aria-valuenow={at + 1}
        aria-valuetext={point === undefined ? 'no model selected' : pointWords(point, unit, quality)}
        onKeyDown={onKeyDown}
        onPointerMove={(event) => setHovered(plot.current?.near(event.clientX, event.clientY))}
        onPointerLeave={() => setHovered(undefined)}
        onClick={(event) => onSelect(plot.current?.near(event.clientX, event.clientY)?.model)}
      >
        <div ref={host} class="cost-canvas" />
        {pointed !== undefined && plot.current !== undefined && <Tip point={pointed} plot={plot.current} data={data} />}
      </div>
    </figure>
  );
}
