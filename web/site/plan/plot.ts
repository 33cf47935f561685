/** The picture of a plan on its canvas, created once and then given new data. */
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { dollars, shortName } from '../../shared/format.js';
import { drawLabels, drawMark, type Mark, type Role } from '../cost/marks.js';
import type { Picture, Place, Setting } from './picture.js';

export interface PlotData {
  picture: Picture;
  /** The setting that the user looks at. */
  here: Setting;
  /** Label of the axis of points. */
  label: string;
}

const TICK_PX = 64;
const isNarrow = (width: number) => width < 520;
const heightFor = (width: number) => (isNarrow(width) ? 300 : 400);

const placeOf = ({ usd, points }: Setting): Place => ({ usd: usd.value, points: points.value });

/** Formats points with a sign, with a decimal if the ticks are that close. */
function tickPoints(ticks: readonly number[]): string[] {
  const isFine = ticks.some((tick) => Math.abs(tick - Math.round(tick)) > 1e-6);
  return ticks.map((tick) => `${tick > 0 ? '+' : ''}${tick.toFixed(isFine ? 1 : 0)}`);
}

const tickDollars = (usd: number) => dollars(Number(usd.toPrecision(6))).replace(/\.00$/, '');

export class PlanPlot {
  readonly #host: HTMLElement;
  readonly #plot: uPlot;
  #shown: PlotData;
  readonly #style: CSSStyleDeclaration;

  constructor(host: HTMLElement, shown: PlotData) {
    this.#host = host;
    this.#shown = shown;
    this.#style = getComputedStyle(host);
    this.#plot = new uPlot(this.#options(), this.#columns(), host);
  }

  show(next: PlotData): void {
    const hasNewPicture = next.picture !== this.#shown.picture;
    this.#shown = next;
    if (hasNewPicture) {
      this.#plot.setData(this.#columns());
      this.#plot.redraw(false, true);
    } else {
      this.#plot.redraw(false);
    }
  }

  /** Adapts to the current width and colours. */
  refit(): void {
    const width = this.#host.clientWidth;
    if (width === 0) return; // Hidden at the moment.
    if (width === this.#plot.width) this.#plot.redraw(false, true);
    else this.#plot.setSize({ width, height: heightFor(width) });
  }

  /** Returns the number of the setting nearest to a position of the window. */
  near(clientX: number, clientY: number): number {
    const { left, top } = this.#host.getBoundingClientRect();
    const { bbox } = this.#plot;
    const distances = this.#shown.picture.settings.map((setting) => {
      const { x, y } = this.#at(placeOf(setting), false);
      return Math.hypot(left + bbox.left / uPlot.pxRatio + x - clientX, top + bbox.top / uPlot.pxRatio + y - clientY);
    });
    return distances.indexOf(Math.min(...distances));
  }

  destroy(): void {
    this.#plot.destroy();
  }

  /** The library needs data for its scales; everything is drawn by the hook. */
  #columns(): uPlot.AlignedData {
    const { settings } = this.#shown.picture;
    return [settings.map(({ usd }) => usd.value), settings.map(({ points }) => points.value)];
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
      space: TICK_PX,
    };
    return [
      {
        ...look,
        label: 'US dollars per 1,000 answers',
        size: 30,
        values: (_, ticks) => ticks.map(tickDollars),
      },
      {
        ...look,
        label: () => this.#shown.label,
        size: 50,
        space: 44,
        values: (_, ticks) => tickPoints(ticks),
      },
    ];
  }

  #options(): uPlot.Options {
    const width = this.#host.clientWidth || 600;
    return {
      width,
      height: heightFor(width),
      padding: [12, 16, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { time: false, range: () => [0, this.#shown.picture.mostUsd] },
        y: { range: () => [...this.#shown.picture.points] },
      },
      axes: this.#axes(),
      series: [{}, { paths: () => null, points: { show: false } }],
      hooks: { draw: [() => this.#draw()] },
    };
  }

  /** Returns a position in pixels of the canvas, or in CSS pixels of the plotting area. */
  #at({ usd, points }: Place, isCanvas = true): { x: number; y: number } {
    return { x: this.#plot.valToPos(usd, 'x', isCanvas), y: this.#plot.valToPos(points, 'y', isCanvas) };
  }

  #draw(): void {
    if (this.#plot === undefined) return;
    const { ctx } = this.#plot;
    const { picture, here } = this.#shown;
    const px = uPlot.pxRatio;
    ctx.save();
    ctx.font = `${13 * px}px ${this.#style.fontFamily}`;
    ctx.lineJoin = 'round';
    this.#band(picture.settings);
    ctx.lineWidth = 1.5 * px;
    ctx.setLineDash([6 * px, 4 * px]);
    this.#line(picture.mixtures, this.#colour('quiet'));
    ctx.setLineDash([]);
    ctx.lineWidth = 2.5 * px;
    this.#line(picture.settings.map(placeOf), this.#colour('pick'));
    for (const single of picture.singles) if (!single.isBaseline) this.#dot(single, px);
    this.#marks(px);
    this.#ring(here, px);
    ctx.restore();
  }

  /** Fills the interval of points along the curve. */
  #band(settings: readonly Setting[]): void {
    const { ctx } = this.#plot;
    const edge = (end: 'low' | 'high') =>
      settings.map(({ usd, points }) => this.#at({ usd: usd.value, points: points[end] }));
    ctx.beginPath();
    for (const { x, y } of [...edge('high'), ...edge('low').reverse()]) ctx.lineTo(x, y);
    ctx.closePath();
    ctx.fillStyle = this.#colour('band');
    ctx.fill();
  }

  #line(places: readonly Place[], colour: string): void {
    const { ctx } = this.#plot;
    ctx.beginPath();
    for (const place of places) {
      const { x, y } = this.#at(place);
      ctx.lineTo(x, y);
    }
    ctx.strokeStyle = colour;
    ctx.stroke();
  }

  #dot(place: Place, px: number): void {
    const { ctx } = this.#plot;
    const { x, y } = this.#at(place);
    ctx.beginPath();
    ctx.arc(x, y, 5 * px, 0, 2 * Math.PI);
    ctx.fillStyle = this.#colour('paper');
    ctx.fill();
    ctx.lineWidth = 2 * px;
    ctx.strokeStyle = this.#colour('quiet');
    ctx.stroke();
  }

  /** Draws the proposed setting and the baseline as shapes, and the names of models beside their marks. */
  #marks(px: number): void {
    const { ctx, bbox, width } = this.#plot;
    const { proposed, singles } = this.#shown.picture;
    const named = singles.filter(({ isBaseline, isMixed }) => isBaseline || isMixed || !isNarrow(width));
    const roles = (role: Role | undefined): Role[] => (role === undefined ? [] : [role]);
    const marks: Mark[] = [
      { ...this.#at(placeOf(proposed)), roles: roles('pick'), label: '' },
      ...named
        .sort((a, b) => Number(b.isBaseline) - Number(a.isBaseline))
        .map((single) => ({
          ...this.#at(single),
          roles: roles(single.isBaseline ? 'best-single' : undefined),
          label: shortName(single.model),
        })),
    ];
    for (const mark of [...marks].reverse()) drawMark(ctx, mark, this.#colour, px);
    ctx.fillStyle = this.#colour('ink');
    drawLabels(ctx, marks, bbox, px, this.#colour('paper'));
  }

  /** Draws the intervals of a setting as whiskers, and a ring around its point: the handle. */
  #ring({ usd, points }: Setting, px: number): void {
    const { ctx } = this.#plot;
    const { x, y } = this.#at({ usd: usd.value, points: points.value });
    const [west, east] = [this.#plot.valToPos(usd.low, 'x', true), this.#plot.valToPos(usd.high, 'x', true)];
    const [south, north] = [this.#plot.valToPos(points.low, 'y', true), this.#plot.valToPos(points.high, 'y', true)];
    ctx.strokeStyle = this.#colour('ink');
    ctx.lineWidth = 1.5 * px;
    ctx.beginPath();
    ctx.moveTo(west, y);
    ctx.lineTo(east, y);
    ctx.moveTo(x, south);
    ctx.lineTo(x, north);
    for (const end of [west, east]) {
      ctx.moveTo(end, y - 5 * px);
      ctx.lineTo(end, y + 5 * px);
    }
    for (const end of [south, north]) {
      ctx.moveTo(x - 5 * px, end);
      ctx.lineTo(x + 5 * px, end);
    }
    ctx.stroke();
    ctx.beginPath();
    ctx.arc(x, y, 11 * px, 0, 2 * Math.PI);
    ctx.lineWidth = 2 * px;
    ctx.stroke();
  }
}
