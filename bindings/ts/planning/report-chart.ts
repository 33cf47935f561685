/** Draws the chart of a plan as SVG for the report. Colours are classes of its style. */
import { html, type Markup } from '../files/html-template.js';
import { pointInterval, pointWords, usdWords } from './amounts.js';
import type { ChartPoint, ChartSetting, PlanChart } from './chart.js';

/** A size of the chart in pixels of CSS. */
export interface ChartSize {
  name: string;
  width: number;
  height: number;
}

/** One for wide pages, one for phones: scaled text would be too small on one of them. */
export const CHART_SIZES: readonly ChartSize[] = [
  { name: 'wide', width: 880, height: 350 },
  { name: 'narrow', width: 350, height: 300 },
];

const MARGIN = { left: 44, right: 16, top: 26, bottom: 44 };
const LETTER_RADIUS = 9;

interface Scales {
  x(usd: number): number;
  y(points: number): number;
}

const round = (value: number) => Math.round(10 * value) / 10;

function scalesOf({ usd, points }: PlanChart, { width, height }: ChartSize): Scales {
  const [across, down] = [width - MARGIN.left - MARGIN.right, height - MARGIN.top - MARGIN.bottom];
  return {
    x: (value) => round(MARGIN.left + (across * (value - usd.low)) / (usd.high - usd.low)),
    y: (value) => round(MARGIN.top + (down * (points.high - value)) / (points.high - points.low)),
  };
}

const pathOf = (places: readonly (readonly [number, number])[]) =>
  places.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${x} ${y}`).join('');

function axes(chart: PlanChart, { x, y }: Scales, { width, height }: ChartSize): Markup[] {
  const [left, right, bottom] = [MARGIN.left, width - MARGIN.right, height - MARGIN.bottom];
  const rows = chart.points.ticks.map(
    ({ at, label }) =>
      html`<line class="${Math.abs(at) < 1e-9 ? 'zero' : 'grid'}" x1="${left}" x2="${right}" y1="${y(at)}" y2="${y(at)}"/><text class="tick" text-anchor="end" x="${left - 7}" y="${y(at) + 4}">${label}</text>`,
  );
  const columns = chart.usd.ticks.map(
    ({ at, label }) => html`<text class="tick" text-anchor="middle" x="${x(at)}" y="${bottom + 18}">${label}</text>`,
  );
  return [
    ...rows,
    ...columns,
    html`<text class="axis" x="0" y="12">${`points of ${chart.measure}`}</text>`,
    html`<text class="axis" text-anchor="end" x="${right}" y="${height - 6}">cost per 1,000 answers</text>`,
  ];
}

const middleOf = ({ usd, points }: ChartSetting): ChartPoint => ({ usd: usd.value, points: points.value });

function settingWords({ usd, points }: ChartSetting): string {
  const change = `${pointWords(Math.abs(points.value))} ${points.value > 0 ? 'more' : 'fewer'} right`;
  const range = pointInterval(points, { down: 'fewer', up: 'more' });
  return `${usdWords(usd.value)} per 1,000 answers, ${change} (${range})`;
}

function curve({ settings }: PlanChart, { x, y }: Scales): Markup[] {
  const upper = settings.map(({ usd, points }) => [x(usd.value), y(points.high)] as const);
  const lower = settings.map(({ usd, points }) => [x(usd.value), y(points.low)] as const);
  return [
    html`<path class="band" d="${pathOf([...upper, ...lower.reverse()])}Z"/>`,
    html`<path class="curve" d="${pathOf(settings.map(({ usd, points }) => [x(usd.value), y(points.value)]))}"/>`,
    ...settings.map((setting) => {
      const { usd, points } = middleOf(setting);
      return html`<circle class="setting" cx="${x(usd)}" cy="${y(points)}" r="3"><title>${settingWords(setting)}</title></circle>`;
    }),
  ];
}

const models = (chart: PlanChart, { x, y }: Scales): Markup[] =>
  chart.models.map(
    ({ model, letter, usd, points }) =>
      html`<g class="model"><title>${model}</title><circle cx="${x(usd)}" cy="${y(points)}" r="${LETTER_RADIUS}"/><text text-anchor="middle" x="${x(usd)}" y="${y(points) + 4}">${letter}</text></g>`,
  );

/** Draws the proposed setting with its intervals, over everything else. */
function proposal({ proposed }: PlanChart, { x, y }: Scales, { width }: ChartSize): Markup {
  const { usd, points } = proposed;
  const [left, top] = [x(usd.value), y(points.value)];
  const isLate = left > width - 90;
  return html`<g class="plan"><title>The plan: ${settingWords(proposed)}</title><line x1="${left}" x2="${left}" y1="${y(points.low)}" y2="${y(points.high)}"/><line x1="${x(usd.low)}" x2="${x(usd.high)}" y1="${top}" y2="${top}"/><circle cx="${left}" cy="${top}" r="6"/><text text-anchor="${isLate ? 'end' : 'start'}" x="${left + (isLate ? -10 : 10)}" y="${top - 10}">the plan</text></g>`;
}

/** Returns the chart in one size. `label` says what it shows, for people who do not see it. */
export function chartMarkup(chart: PlanChart, label: string, size: ChartSize): Markup {
  const scales = scalesOf(chart, size);
  const { x, y } = scales;
  const mixtures = pathOf(chart.mixtures.map(({ usd, points }) => [x(usd), y(points)]));
  return html`<svg class="chart ${size.name}" role="img" aria-label="${label}" viewBox="0 0 ${size.width} ${size.height}" width="${size.width}" height="${size.height}">
${axes(chart, scales, size)}
<path class="mixtures" d="${mixtures === '' ? 'M0 0' : mixtures}"/>
${curve(chart, scales)}
${models(chart, scales)}
${proposal(chart, scales, size)}
</svg>`;
}
