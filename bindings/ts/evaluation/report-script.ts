/** Runs in the report: draws its charts with uPlot in the page's colours, and redraws them when these change. */
import type uPlot from 'uplot';
import type { ChartSeries, Plot } from './charts.js';

declare const window: { uPlot: typeof uPlot } & Window & typeof globalThis;

const HEIGHT = 300;
const POINT = 7;
/** Prints are light, whatever the colour scheme. */
let isPrinting = false;
const isDark = () => !isPrinting && matchMedia('(prefers-color-scheme: dark)').matches;

/** Light colour, dark colour and dash of each policy. Lines that cross in one chart differ by more than colour. */
const LOOKS: Readonly<Record<string, readonly [light: string, dark: string, dash?: number[]]>> = {
  signalbox: ['#0b5cad', '#6db3ff'],
  s1: ['#c2570c', '#ff9d57'],
  s2: ['#0f766e', '#4fd1c0'],
  s3: ['#7c3aed', '#b99bff'],
  s3_true_p: ['#7c3aed', '#b99bff', [2, 4]],
  best_single: ['#57606a', '#a9b4c0', [8, 4]],
  oracle: ['#1f2328', '#e8edf2', [2, 3]],
  labels_only: ['#a8135a', '#ff8fc4', [10, 3, 2, 3]],
  models: ['#8a94a0', '#7f8a96'],
};
const OTHERS: readonly (readonly [string, string])[] = [
  ['#1a7f37', '#5fd37d'],
  ['#9a6700', '#e3b341'],
  ['#b42318', '#ff8f84'],
];

function lookOf(series: ChartSeries, place: number): { colour: string; dash: number[] | undefined } {
  const known = Object.hasOwn(LOOKS, series.look) ? LOOKS[series.look] : undefined;
  const [light, dark, dash] = known ?? [...(OTHERS[place % OTHERS.length] as readonly [string, string]), undefined];
  return { colour: isDark() ? dark : light, dash };
}

const ink = () => (isDark() ? '#aeb8c2' : '#4b5560');
const grid = () => (isDark() ? '#2c343c' : '#e4e8ec');

/** Formats a number with enough digits to tell neighbours apart. */
const short = (value: number) => String(Number(value.toPrecision(3)));

function line(chart: uPlot, from: [number, number], to: [number, number]): void {
  chart.ctx.beginPath();
  chart.ctx.moveTo(...from);
  chart.ctx.lineTo(...to);
  chart.ctx.stroke();
}

/** Draws intervals and the level for comparison. */
function drawExtras(chart: uPlot, plot: Plot): void {
  const { ctx, bbox } = chart;
  ctx.save();
  if (plot.reference !== undefined) {
    const y = chart.valToPos(plot.reference, 'y', true);
    ctx.strokeStyle = ink();
    ctx.setLineDash([6, 5]);
    line(chart, [bbox.left, y], [bbox.left + bbox.width, y]);
    ctx.setLineDash([]);
  }
  ctx.lineWidth = 2 * devicePixelRatio;
  for (const [s, series] of plot.series.entries()) {
    if (!chart.series[s + 1]?.show) continue;
    ctx.strokeStyle = lookOf(series, s).colour;
    for (const [i, x] of plot.x.entries()) {
      const [low, high] = [series.low?.[i], series.high?.[i]];
      if (low == null || high == null) continue;
      const at = chart.valToPos(x, 'x', true);
      line(chart, [at, chart.valToPos(low, 'y', true)], [at, chart.valToPos(high, 'y', true)]);
    }
  }
  ctx.restore();
}

const colourAt = (_chart: uPlot, plot: Plot, s: number) => {
  const series = plot.series[s - 1];
  return series === undefined ? 'transparent' : lookOf(series, s - 1).colour;
};

function toSeries(series: ChartSeries, place: number): uPlot.Series {
  const { colour, dash } = lookOf(series, place);
  return {
    label: series.label,
    stroke: colour,
    width: series.isLine ? 2 : 0,
    spanGaps: true,
    points: { show: !series.isBare, size: series.isLine ? POINT - 1 : POINT + 2, fill: colour, stroke: colour },
    value: (_chart, value) => (value == null ? '' : value.toFixed(4)),
    ...(series.isLine ? {} : { paths: () => null }),
    ...(dash === undefined ? {} : { dash }),
  };
}

/** Returns the range of all drawn values, with a margin. */
function yRange(plot: Plot): [number, number] {
  const all = plot.series.flatMap(({ values, low = [], high = [] }) => [...values, ...low, ...high]);
  const numbers = [...all, plot.reference].filter((value) => typeof value === 'number');
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const margin = (high - low || 0.1) * 0.08;
  return [low - margin, high + margin];
}

/** Returns the range of x, with room for the points at the ends. */
function xRange({ names, x, isLog }: Plot): [number, number] {
  const [first, last] = [x[0] ?? 0, x.at(-1) ?? 1];
  if (names !== undefined) return [first - 0.5, last + 0.5];
  if (isLog) return [first / 1.15, last * 1.15];
  const margin = (last - first || 0.1) * 0.02;
  return [first - margin, last + margin];
}

function xAxis({ names, x, xLabel, isLog }: Plot): uPlot.Axis {
  const look = { stroke: ink(), label: xLabel, labelSize: 22, ticks: { stroke: grid() } };
  if (names !== undefined) {
    return {
      ...look,
      grid: { show: false },
      splits: () => x,
      values: (_chart, splits) => splits.map((i) => names[i] ?? ''),
    };
  }
  const values: uPlot.Axis.Values = (_chart, splits) => splits.map((v) => (v == null ? '' : short(v)));
  return { ...look, grid: { stroke: grid(), width: 1 }, values, ...(isLog ? { space: 40 } : {}) };
}

function optionsOf(plot: Plot, width: number): uPlot.Options {
  const { names, isLog } = plot;
  const scale: uPlot.Scale = { time: false, ...(isLog ? { distr: 3 as const } : {}) };
  scale.range = xRange(plot);
  const y = { stroke: ink(), label: plot.yLabel, size: 56, labelSize: 22 };
  return {
    width,
    height: HEIGHT,
    scales: { x: scale, y: { range: yRange(plot) } },
    axes: [xAxis(plot), { ...y, grid: { stroke: grid(), width: 1 }, ticks: { show: false } }],
    series: [
      { label: plot.xLabel, value: (_chart, value) => (value == null ? '' : (names?.[value] ?? short(value))) },
      ...plot.series.map(toSeries),
    ],
    legend: { live: true, markers: { fill: (chart, s) => colourAt(chart, plot, s), width: 0 } },
    cursor: { drag: { x: false, y: false }, points: { size: POINT + 4 } },
    hooks: { draw: [(chart) => drawExtras(chart, plot)] },
  };
}

const charts: { place: HTMLElement; plot: Plot; drawn?: uPlot }[] = [];

function draw(entry: (typeof charts)[number]): void {
  entry.drawn?.destroy();
  const { plot, place } = entry;
  const data = [plot.x, ...plot.series.map(({ values }) => values)] as uPlot.AlignedData;
  entry.drawn = new window.uPlot(optionsOf(plot, Math.max(place.clientWidth, 280)), data, place);
}

const drawAll = () => {
  for (const entry of charts) draw(entry);
};

const plots: Plot[] = JSON.parse(document.querySelector('#plots')?.textContent ?? '[]');
for (const place of document.querySelectorAll<HTMLElement>('[data-plot]')) {
  const plot = plots[Number(place.dataset.plot)];
  if (plot !== undefined) charts.push({ place, plot });
}
drawAll();
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);
new ResizeObserver(() => {
  for (const { place, drawn } of charts) {
    if (drawn !== undefined && drawn.width !== place.clientWidth && place.clientWidth > 0) {
      drawn.setSize({ width: place.clientWidth, height: HEIGHT });
    }
  }
}).observe(document.body);
for (const [event, value] of [
  ['beforeprint', true],
  ['afterprint', false],
] as const) {
  addEventListener(event, () => {
    isPrinting = value;
    drawAll();
  });
}
