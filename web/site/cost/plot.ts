/** The chart on its canvas, created once and then given new data. */
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { CostUnit } from '../../shared/cost.js';
import { frontierOf, type PricedModel } from '../../shared/frontier.js';
import { drawLabels, drawMark, type Mark, type Role } from './marks.js';
import { type PriceAxis, placeOf, priceTicks, tickWords } from './price-axis.js';
import type { QualityWords } from './quality.js';

/** Everything that the chart shows. `points` are ordered by price; the same array means no change. */
export interface ChartData {
  points: readonly PricedModel[];
  axis: PriceAxis;
  /** Roles of models, and their labels. */
  roles: ReadonlyMap<string, { roles: readonly Role[]; words: string; label: string }>;
  /** The predicted quality that is good enough. */
  band: { low: number; high: number } | undefined;
  unit: CostUnit;
  quality: QualityWords;
  selected: string | undefined;
}

/** Distance within which a point counts as hovered, in CSS pixels. */
const REACH_PX = 24;
const TICK_PX = 58;

const isNarrow = (width: number) => width < 520;
const heightFor = (width: number) => (isNarrow(width) ? 320 : 420);

export class CostPlot {
  readonly #host: HTMLElement;
  readonly #plot: uPlot;
  #shown: ChartData;
  readonly #style: CSSStyleDeclaration;

  constructor(host: HTMLElement, shown: ChartData) {
    this.#host = host;
    this.#shown = shown;
    this.#style = getComputedStyle(host);
    this.#plot = new uPlot(this.#options(), this.#columns(), host);
  }

  show(next: ChartData): void {
    const hasNewPoints = next.points !== this.#shown.points;
    const hasNewAxis = next.quality !== this.#shown.quality || next.unit !== this.#shown.unit;
    this.#shown = next;
    if (hasNewPoints || hasNewAxis) this.#plot.setData(this.#columns());
    else this.#plot.redraw(false);
    if (hasNewAxis) this.#plot.redraw(false, true);
  }

  /** Adapts to the current width and colours. */
  refit(): void {
    const width = this.#host.clientWidth;
    if (width === 0) return; // Hidden at the moment.
    if (width === this.#plot.width) this.#plot.redraw(false, true);
    else this.#plot.setSize({ width, height: heightFor(width) });
  }

  get width(): number {
    return this.#plot.width;
  }

  get height(): number {
    return this.#plot.height;
  }

  /** Returns a model's position in CSS pixels of the chart; the axis need not be drawn yet. */
  at({ usd, p }: PricedModel, axis = this.#shown.axis): { left: number; top: number } {
    const { left, top, width, height } = this.#plot.bbox;
    const across = (placeOf(usd, axis) - axis.low) / (axis.high - axis.low);
    return { left: (left + across * width) / uPlot.pxRatio, top: (top + (1 - p) * height) / uPlot.pxRatio };
  }

  /** Returns the model at a position of the window. */
  near(clientX: number, clientY: number): PricedModel | undefined {
    const { left, top } = this.#host.getBoundingClientRect();
    let nearest: PricedModel | undefined;
    let least = REACH_PX;
    for (const point of this.#shown.points) {
      const at = this.at(point);
      const distance = Math.hypot(left + at.left - clientX, top + at.top - clientY);
      if (distance < least) [nearest, least] = [point, distance];
    }
    return nearest;
  }

  destroy(): void {
    this.#plot.destroy();
  }

  #columns(): uPlot.AlignedData {
    const { points } = this.#shown;
    const frontier = new Set(frontierOf(points));
    return [
      points.map(({ usd }) => placeOf(usd, this.#shown.axis)),
      points.map(({ p }) => p),
      points.map((point) => (frontier.has(point) ? point.p : null)),
    ];
  }

  /** Reads a variable of the style sheet, which canvases cannot use. */
  readonly #colour = (name: string) => this.#style.getPropertyValue(`--chart-${name}`).trim();

  #axes(): uPlot.Axis[] {
    const font = `13px ${this.#style.fontFamily}`;
    const look: uPlot.Axis = {
      stroke: () => this.#colour('quiet'),
      grid: { stroke: () => this.#colour('grid'), width: 1 },
      ticks: { show: false },
      font,
      labelFont: font,
      labelSize: 22,
    };
    const most = (plot: uPlot) => Math.max(2, Math.floor(plot.bbox.width / uPlot.pxRatio / TICK_PX));
    return [
      {
        ...look,
        label: () => this.#shown.unit.axis,
        size: 30,
        splits: (plot) => priceTicks(this.#shown.axis, most(plot)),
        values: (_, ticks) => ticks.map((tick) => tickWords(tick, this.#shown.axis)),
      },
      {
        ...look,
        label: () => this.#shown.quality.axis,
        size: 48,
        splits: () => [...this.#shown.quality.ticks],
        values: (_, ticks) => ticks.map(this.#shown.quality.tick),
      },
    ];
  }

  #options(): uPlot.Options {
    const width = this.#host.clientWidth || 600;
    return {
      width,
      height: heightFor(width),
      padding: [12, 12, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { time: false, range: () => [this.#shown.axis.low, this.#shown.axis.high] },
        y: { range: () => this.#shown.quality.range },
      },
      axes: this.#axes(),
      series: [
        {},
        {
          paths: () => null,
          points: { show: true, size: 7, stroke: () => this.#colour('dot'), fill: () => this.#colour('dot') },
        },
        {
          spanGaps: true,
          width: 2,
          stroke: () => this.#colour('frontier'),
          points: { show: true, size: 9, width: 0, fill: () => this.#colour('frontier') },
          ...(uPlot.paths.stepped ? { paths: uPlot.paths.stepped({ align: 1 }) } : {}),
        },
      ],
      hooks: { drawClear: [() => this.#drawBelow()], draw: [() => this.#drawAbove()] },
    };
  }

  /** Returns a model's position in pixels of the canvas. */
  #place({ usd, p }: PricedModel): { x: number; y: number } {
    return {
      x: this.#plot.valToPos(placeOf(usd, this.#shown.axis), 'x', true),
      y: this.#plot.valToPos(p, 'y', true),
    };
  }

  #drawBelow(): void {
    const { band } = this.#shown;
    if (band === undefined || this.#plot === undefined) return;
    const { ctx, bbox } = this.#plot;
    const top = this.#plot.valToPos(Math.min(1, band.high), 'y', true);
    const bottom = this.#plot.valToPos(Math.max(0, band.low), 'y', true);
    ctx.save();
    ctx.fillStyle = this.#colour('band');
    // Visible also at the dial's best end, where nothing is given up.
    ctx.fillRect(bbox.left, top, bbox.width, Math.max(2 * uPlot.pxRatio, bottom - top));
    ctx.restore();
  }

  #drawAbove(): void {
    const { ctx, bbox } = this.#plot;
    const px = uPlot.pxRatio;
    ctx.save();
    ctx.font = `${13 * px}px ${this.#style.fontFamily}`;
    this.#drawSelected(px);
    const marks = this.#shown.points.flatMap((point): Mark[] => {
      const part = this.#shown.roles.get(point.model);
      if (part === undefined) return [];
      // On a phone, names do not fit beside their marks; the tooltip and the table have them.
      const label = isNarrow(this.width) ? part.words : part.label;
      return [{ ...this.#place(point), roles: part.roles, label }];
    });
    for (const mark of marks) drawMark(ctx, mark, this.#colour, px);
    ctx.fillStyle = this.#colour('ink');
    // The pick first, so that it gets the best position.
    marks.sort((a, b) => Number(b.roles.includes('pick')) - Number(a.roles.includes('pick')));
    drawLabels(ctx, marks, bbox, px, this.#colour('paper'));
    ctx.restore();
  }

  /** Draws the selected model's interval as a whisker, and a ring around its point. */
  #drawSelected(px: number): void {
    const point = this.#shown.points.find(({ model }) => model === this.#shown.selected);
    if (point === undefined) return;
    const { ctx } = this.#plot;
    const { x, y } = this.#place(point);
    const [low, high] = point.interval.map((end) => this.#plot.valToPos(end, 'y', true)) as [number, number];
    ctx.strokeStyle = this.#colour('ink');
    ctx.lineWidth = 1.5 * px;
    ctx.beginPath();
    for (const end of [low, high]) {
      ctx.moveTo(x - 6 * px, end);
      ctx.lineTo(x + 6 * px, end);
    }
    ctx.moveTo(x, low);
    ctx.lineTo(x, high);
    ctx.stroke();
    ctx.beginPath();
    ctx.arc(x, y, 10 * px, 0, 2 * Math.PI);
    ctx.stroke();
  }
}
