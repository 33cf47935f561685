/** Draws the chart of a plan in a terminal, in ASCII. */
import type { ChartPoint, PlanChart } from '../planning/chart.js';
import { style } from './decision-text.js';

const HEIGHT = 15;
const LEAST_WIDTH = 40;
const MOST_WIDTH = 100;

/** Marks, the most important last: it is drawn over the others. */
const MARKS = { mixture: '.', setting: 'o', proposed: '@' } as const;

/** A grid of characters, with the origin at the lower left. */
class Grid {
  readonly #rows: string[][];
  readonly #chart: PlanChart;

  constructor(width: number, height: number, chart: PlanChart) {
    this.#rows = Array.from({ length: height }, () => new Array<string>(width).fill(' '));
    this.#chart = chart;
  }

  get width(): number {
    return this.#rows[0]?.length ?? 0;
  }

  column(usd: number): number {
    const { low, high } = this.#chart.usd;
    return Math.round(((usd - low) / (high - low)) * (this.width - 1));
  }

  row(points: number): number {
    const { low, high } = this.#chart.points;
    return Math.round(((high - points) / (high - low)) * (this.#rows.length - 1));
  }

  draw({ usd, points }: ChartPoint, mark: string): void {
    const row = this.#rows[this.row(points)];
    if (row !== undefined) row[this.column(usd)] = mark;
  }

  lines(): string[] {
    return this.#rows.map((row) => row.join('').trimEnd());
  }
}

/** Draws a line through the points, by one mark in each column between them. */
function drawLine(grid: Grid, points: readonly ChartPoint[], mark: string): void {
  for (const [i, to] of points.slice(1).entries()) {
    const from = points[i] as ChartPoint;
    const columns = Math.max(1, grid.column(to.usd) - grid.column(from.usd));
    for (let c = 0; c <= columns; c += 1) {
      const share = c / columns;
      grid.draw(
        { usd: from.usd + share * (to.usd - from.usd), points: from.points + share * (to.points - from.points) },
        mark,
      );
    }
  }
}

/** Returns the axis of costs below the grid: a rule with ticks, and their labels where there is room. */
function usdAxis(grid: Grid, { usd }: PlanChart, indent: string): string[] {
  const rule = new Array<string>(grid.width).fill('-');
  let labels = '';
  for (const { at, label } of usd.ticks) {
    const column = grid.column(at);
    rule[column] = '+';
    const start = Math.max(0, Math.min(grid.width - label.length, column - Math.floor(label.length / 2)));
    if (labels === '' || start > labels.length + 1) labels = labels.padEnd(start) + label;
  }
  return [`${indent}+${rule.join('')}`, `${indent} ${labels}`];
}

/** Returns the lines of the chart, `columns` wide at most, and above 40 as wide as there is room. */
export function chartText(chart: PlanChart, columns: number): string[] {
  const margin = Math.max(...chart.points.ticks.map(({ label }) => label.length)) + 3;
  const width = Math.max(LEAST_WIDTH, Math.min(columns, MOST_WIDTH)) - margin - 1;
  const grid = new Grid(width, HEIGHT, chart);
  drawLine(grid, chart.mixtures, MARKS.mixture);
  for (const { usd, points } of chart.settings) {
    grid.draw({ usd: usd.value, points: points.value }, MARKS.setting);
  }
  for (const model of [...chart.models].reverse()) grid.draw(model, model.letter);
  grid.draw({ usd: chart.proposed.usd.value, points: chart.proposed.points.value }, MARKS.proposed);
  const labels = new Map(chart.points.ticks.map(({ at, label }) => [grid.row(at), label]));
  const body = grid.lines().map((line, row) => {
    const label = labels.get(row);
    return `${(label ?? '').padStart(margin - 1)} ${label === undefined ? '|' : '+'}${line}`;
  });
  return [...body, ...usdAxis(grid, chart, ' '.repeat(margin))].map((line) =>
    line.replace(MARKS.proposed, style('green', MARKS.proposed)),
  );
}

/** Says what the marks mean. */
export const CHART_LEGEND = `${MARKS.proposed} the plan   ${MARKS.setting} other settings   ${MARKS.mixture} single models mixed at random`;
