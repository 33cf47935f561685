/** The models worth their price, by price and quality: a small chart, which moves the dial when it is dragged. */
import type { Decision } from 'signalbox';
import { costUnitOf } from '../shared/cost.js';
import { shortName } from '../shared/format.js';
import { dialStops, frontierOf, pricedModels, stopAt } from '../shared/frontier.js';
import { lampOf } from '../shared/words.js';
import { change, recordOf, settings } from './state.js';

/** Models further below the best one, in points of quality, are left out. */
const DEPTH = 0.15;

/** Margins in percent, inside of which the points lie. */
const SIDE = 4;
const ENDS = 14;

interface Point {
  model: string;
  x: number;
  y: number;
}

const between = (value: number, [low, high]: readonly [number, number]) =>
  high > low ? (value - low) / (high - low) : 0.5;

/** Returns the points of the frontier, in percent of the chart: prices on a logarithmic scale. */
function pointsOf(decision: Decision): Point[] {
  const frontier = frontierOf(pricedModels(decision)).filter(({ usd }) => usd > 0);
  const best = frontier.at(-1)?.p ?? 0;
  const shown = frontier.filter(({ p }) => p >= best - DEPTH);
  const prices = shown.map(({ usd }) => Math.log(usd));
  const shares = shown.map(({ p }) => p);
  const [wide, high] = [prices, shares].map((values) => [Math.min(...values), Math.max(...values)] as const);
  if (wide === undefined || high === undefined) return [];
  return shown.map(({ model, usd, p }) => ({
    model,
    x: SIDE + (100 - 2 * SIDE) * between(Math.log(usd), wide),
    y: 100 - ENDS - (100 - 2 * ENDS) * between(p, high),
  }));
}

/** Distance in percent at which the names of two points have room beside each other. */
const ROOM = 20;

const labelOf = (model: string) => recordOf(model)?.displayName ?? shortName(model);

export function TradeChart({ decision }: { decision: Decision }) {
  const points = pointsOf(decision);
  const stops = dialStops(decision);
  const handles = stops.flatMap((stop) => {
    const point = points.find(({ model }) => model === stop.model);
    return point === undefined ? [] : [{ stop, ...point }];
  });
  if (points.length < 2) return null;
  const at = stops[stopAt(stops, settings.value.prefer)]?.model;
  const move = (event: PointerEvent) => {
    const { left, width } = (event.currentTarget as Element).getBoundingClientRect();
    const x = (100 * (event.clientX - left)) / width;
    const [nearest] = [...handles].sort((a, b) => Math.abs(a.x - x) - Math.abs(b.x - x));
    if (nearest !== undefined && nearest.stop.model !== at) change({ prefer: nearest.stop.to });
  };
  const picked = handles.find(({ model }) => model === at);
  const isNamed = (x: number, model: string) => model === at || Math.abs(x - (picked?.x ?? x)) >= ROOM;
  const { column } = costUnitOf(decision.ranking);
  return (
    <figure class="trade">
      <svg
        role="img"
        aria-label={`${points.length} models that no other one beats by quality and price. The dial picks from them.`}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          move(event);
        }}
        onPointerMove={(event) => event.buttons > 0 && move(event)}
      >
        {points.slice(1).map(({ model, x, y }, i) => (
          <line key={model} x1={`${points[i]?.x}%`} y1={`${points[i]?.y}%`} x2={`${x}%`} y2={`${y}%`} />
        ))}
        {points.map(({ model, x, y }) => (
          <circle key={model} cx={`${x}%`} cy={`${y}%`} r="3">
            <title>{labelOf(model)}</title>
          </circle>
        ))}
        {handles.map(({ model, x, y }) => (
          <g key={model} class={model === at ? `trade-pick ${lampOf(decision)}` : 'trade-stop'}>
            <circle cx={`${x}%`} cy={`${y}%`} r={model === at ? 8 : 6} />
            {isNamed(x, model) && (
              <text x={`${x}%`} y={`${y}%`} dy={22} text-anchor={x > 80 ? 'end' : x > 60 ? 'middle' : 'start'}>
                {labelOf(model)}
              </text>
            )}
          </g>
        ))}
      </svg>
      <figcaption>
        <span>better ↑</span> <span>{column.toLowerCase()} →</span>
      </figcaption>
    </figure>
  );
}
