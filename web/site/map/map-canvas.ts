/**
 * The map on two canvases: the samples, drawn when the view or their colours change, and above them the prompt with its
 * neighbours. d3-zoom says what a wheel, a drag or two fingers mean, d3-quadtree what lies under a pointer.
 */
import { type Quadtree, quadtree } from 'd3-quadtree';
import { select } from 'd3-selection';
import { type D3ZoomEvent, type ZoomTransform, zoom, zoomIdentity } from 'd3-zoom';
import { type Colouring, isRest } from './colours.js';
import type { Place } from './place.js';

const MOST_ZOOM = 60;
/** Around the samples, in CSS pixels. */
const MARGIN = 16;
/** Nearer than this a sample counts as pointed at, in CSS pixels. */
const REACH = 12;
/** Height for width. A phone must keep room to scroll. */
const shapeOf = (width: number) => Math.round(Math.min(width * 0.85, 640));

export interface MapEvents {
  onHover: (row: number | undefined) => void;
  /** `scale` 1 shows the whole map. */
  onView: (scale: number) => void;
}

interface Shown {
  map: Float32Array;
  colouring: Colouring | undefined;
  /** The one category that is not dimmed. */
  only: number | undefined;
  place: Place | undefined;
  selected: number | undefined;
}

const EMPTY: Shown = {
  map: new Float32Array(),
  colouring: undefined,
  only: undefined,
  place: undefined,
  selected: undefined,
};

export class MapCanvas {
  readonly #host: HTMLElement;
  readonly #below: HTMLCanvasElement;
  readonly #above: HTMLCanvasElement;
  readonly #events: MapEvents;
  readonly #zoom = zoom<HTMLElement, unknown>().scaleExtent([1, MOST_ZOOM]);
  readonly #style: CSSStyleDeclaration;
  #view: ZoomTransform = zoomIdentity;
  #shown = EMPTY;
  /** Rows by category: one colour is set once. */
  #order = new Uint32Array();
  #tree: Quadtree<number> | undefined;
  #width = 0;
  #height = 0;
  /** What is to be drawn with the next frame. */
  #frame: number | undefined;
  #isSamplesStale = false;

  /** `host` holds two canvases, the samples' first. */
  constructor(host: HTMLElement, events: MapEvents) {
    this.#host = host;
    [this.#below, this.#above] = [...host.querySelectorAll('canvas')] as [HTMLCanvasElement, HTMLCanvasElement];
    this.#events = events;
    this.#style = getComputedStyle(host);
    this.#zoom.filter((event: Event) => this.#isMeant(event));
    this.#zoom.on('zoom', ({ transform }: D3ZoomEvent<HTMLElement, unknown>) => {
      this.#view = transform;
      events.onView(transform.k);
      this.#redraw(true);
    });
    // A double click selects text elsewhere; here it would zoom with a movement.
    select(host).call(this.#zoom).on('dblclick.zoom', null);
    host.addEventListener('pointermove', this.#point);
    host.addEventListener('pointerleave', this.#leave);
  }

  show(part: Partial<Shown>): void {
    const before = this.#shown;
    this.#shown = { ...before, ...part };
    const { map, colouring, only } = this.#shown;
    if (map !== before.map) this.#tree = undefined;
    if (colouring !== before.colouring) this.#sort();
    this.#redraw(map !== before.map || colouring !== before.colouring || only !== before.only);
  }

  /** Fits its place on the page, and the colours of now. */
  refit(): void {
    const width = this.#host.clientWidth;
    if (width === 0) return; // Not on the page at the moment.
    this.#width = width;
    this.#height = shapeOf(width);
    this.#host.style.height = `${this.#height}px`;
    for (const canvas of [this.#below, this.#above]) {
      canvas.width = Math.round(width * devicePixelRatio);
      canvas.height = Math.round(this.#height * devicePixelRatio);
    }
    const rim: [[number, number], [number, number]] = [
      [0, 0],
      [this.#width, this.#height],
    ];
    this.#zoom.extent(rim).translateExtent(rim);
    this.#redraw(true);
  }

  zoomBy(factor: number): void {
    select(this.#host).call(this.#zoom.scaleBy, factor);
  }

  panBy(x: number, y: number): void {
    select(this.#host).call(this.#zoom.translateBy, x / this.#view.k, y / this.#view.k);
  }

  showAll(): void {
    select(this.#host).call(this.#zoom.transform, zoomIdentity);
  }

  /** Brings some rows and the prompt into view. */
  showPlace({ x, y, near }: Place): void {
    const { map } = this.#shown;
    const points = [this.#at(x, y), ...near.map((row) => this.#atRow(map, row))];
    const spread = (axis: 0 | 1) => Math.max(...points.map((p) => p[axis])) - Math.min(...points.map((p) => p[axis]));
    const scale = Math.min(this.#width / (spread(0) + 120), this.#height / (spread(1) + 120), MOST_ZOOM);
    const middle = (axis: 0 | 1) =>
      (Math.max(...points.map((p) => p[axis])) + Math.min(...points.map((p) => p[axis]))) / 2;
    const view = zoomIdentity.translate(this.#width / 2, this.#height / 2).scale(Math.max(1, scale));
    select(this.#host).call(this.#zoom.transform, view.translate(-middle(0), -middle(1)));
  }

  destroy(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    select(this.#host).on('.zoom', null);
    this.#host.removeEventListener('pointermove', this.#point);
    this.#host.removeEventListener('pointerleave', this.#leave);
  }

  /** One finger and a plain wheel scroll the page; the wheel zooms with Ctrl, or once the map has the focus. */
  #isMeant(event: Event): boolean {
    if (event instanceof WheelEvent) return event.ctrlKey || event.metaKey || document.activeElement === this.#host;
    if (event.type.startsWith('touch')) return (event as TouchEvent).touches.length > 1;
    return (event as MouseEvent).button === 0;
  }

  /** Pixels of the whole map, before the view. Both axes have one scale. */
  #at(x: number, y: number): [number, number] {
    const scale = Math.min(this.#width - 2 * MARGIN, (this.#height - 2 * MARGIN) / this.#tall());
    return [this.#width / 2 + (x - 0.5) * scale, this.#height / 2 + (y - 0.5) * scale];
  }

  #atRow(map: Float32Array, row: number): [number, number] {
    return this.#at(map[2 * row] ?? 0, map[2 * row + 1] ?? 0);
  }

  /** How far the map reaches from the middle along y: it is wider than high. */
  #tallest: { map: Float32Array; tall: number } | undefined;
  #tall(): number {
    const { map } = this.#shown;
    if (this.#tallest?.map !== map) {
      let most = 0.1;
      for (let i = 1; i < map.length; i += 2) most = Math.max(most, Math.abs((map[i] as number) - 0.5));
      this.#tallest = { map, tall: 2 * most };
    }
    return this.#tallest.tall;
  }

  #sort(): void {
    const ofRow = this.#shown.colouring?.ofRow ?? new Uint16Array();
    this.#order = Uint32Array.from(ofRow, (_, row) => row).sort((a, b) => (ofRow[a] as number) - (ofRow[b] as number));
  }

  #redraw(withSamples: boolean): void {
    this.#isSamplesStale ||= withSamples;
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      if (this.#isSamplesStale) this.#drawSamples();
      this.#isSamplesStale = false;
      this.#drawAbove();
    });
  }

  #context(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
    const context = canvas.getContext('2d') as CanvasRenderingContext2D;
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    context.clearRect(0, 0, this.#width, this.#height);
    return context;
  }

  #drawSamples(): void {
    const { map, colouring, only } = this.#shown;
    const context = this.#context(this.#below);
    if (colouring === undefined) return;
    const rest = this.#style.getPropertyValue('--map-rest').trim();
    const size = Math.min(6, 1.6 * this.#view.k ** 0.45 * Math.max(1, 60 / Math.sqrt(map.length)));
    let category = -1;
    for (const row of this.#order) {
      const mine = colouring.ofRow[row] as number;
      if (mine !== category) {
        category = mine;
        const colour = colouring.categories[mine]?.colour ?? 'gray';
        const isDimmed = only !== undefined && only !== mine;
        context.fillStyle = isRest(colour) || isDimmed ? rest : colour;
        context.globalAlpha = isDimmed ? 0.35 : 0.8;
      }
      const [x, y] = this.#view.apply(this.#atRow(map, row));
      if (x < -size || y < -size || x > this.#width + size || y > this.#height + size) continue;
      context.fillRect(x - size / 2, y - size / 2, size, size);
    }
    context.globalAlpha = 1;
  }

  #drawAbove(): void {
    const { map, place, selected } = this.#shown;
    const context = this.#context(this.#above);
    const ink = this.#style.getPropertyValue('--map-ink').trim();
    const paper = this.#style.getPropertyValue('--map-paper').trim();
    const ring = (at: [number, number], radius: number, width: number, isDashed = false) => {
      context.setLineDash(isDashed ? [4, 4] : []);
      context.beginPath();
      context.arc(...at, radius, 0, 2 * Math.PI);
      // A rim of the ground's colour keeps it apart from the samples.
      context.strokeStyle = paper;
      context.lineWidth = width + 3;
      context.stroke();
      context.strokeStyle = ink;
      context.lineWidth = width;
      context.stroke();
    };
    if (place !== undefined) {
      const at = this.#view.apply(this.#at(place.x, place.y));
      context.strokeStyle = ink;
      context.lineWidth = 1.25;
      context.setLineDash(place.isVague ? [4, 4] : []);
      for (const row of place.near) {
        context.beginPath();
        context.moveTo(...at);
        context.lineTo(...this.#view.apply(this.#atRow(map, row)));
        context.stroke();
      }
      for (const row of place.near) ring(this.#view.apply(this.#atRow(map, row)), 5, 1.5, place.isVague);
      ring(at, 9, 3, place.isVague);
    }
    if (selected !== undefined) ring(this.#view.apply(this.#atRow(map, selected)), 7, 2);
    context.setLineDash([]);
  }

  readonly #point = (event: PointerEvent): void => {
    if (event.buttons !== 0) return; // Being dragged.
    const { left, top } = this.#host.getBoundingClientRect();
    const at = this.#view.invert([event.clientX - left, event.clientY - top]);
    this.#events.onHover(this.#samplesAt().find(...at, REACH / this.#view.k));
  };

  readonly #leave = (): void => this.#events.onHover(undefined);

  /** Made when it is first needed: most visitors point at nothing. */
  #treeWidth = 0;
  #samplesAt(): Quadtree<number> {
    const { map } = this.#shown;
    if (this.#tree === undefined || this.#treeWidth !== this.#width) {
      this.#treeWidth = this.#width;
      this.#tree = quadtree<number>()
        .x((row) => this.#atRow(map, row)[0])
        .y((row) => this.#atRow(map, row)[1])
        .addAll(Array.from({ length: map.length / 2 }, (_, row) => row));
    }
    return this.#tree;
  }
}
