/**
 * The map on two canvases: the samples, drawn when the view or their colours change, and above them the prompt with its
 * neighbours. d3-zoom interprets wheel, drag and pinch; d3-quadtree finds the sample under the pointer.
 */
import { type Quadtree, quadtree } from 'd3-quadtree';
import { select } from 'd3-selection';
import { type D3ZoomEvent, type ZoomTransform, zoom, zoomIdentity } from 'd3-zoom';
import { type Colouring, rgbOf } from './colours.js';
import { boundsOf, type Fit, fitOf } from './fit.js';
import { drawOverlay } from './overlay.js';
import { fillImage, paintSamples, rgbOfHex } from './pixels.js';
import type { Place } from './place.js';
import { inSlices } from './slices.js';

const MOST_ZOOM = 60;
/** Distance within which a sample counts as pointed at, in CSS pixels, by mouse and by finger. */
const REACH = 12;
const FINGER = 24;
/** Distance to the edge for samples that are brought into view. */
const RIM = 30;
/** Rows added to the tree at a time. */
const ROWS_A_STEP = 512;
/** Maximum device pixels per CSS pixel: more cost time without a visible gain. */
const SHARPEST = 2;

/** Returns the height for a width. On a phone, room must remain to scroll the page. */
const shapeOf = (width: number) => Math.round(Math.min(width * 0.85, 640, Math.max(200, innerHeight * 0.7)));

export interface MapEvents {
  /** The mouse points at a sample, or at none. */
  onHover: (row: number | undefined) => void;
  /** A click or tap, on a sample or elsewhere. */
  onPick: (row: number | undefined) => void;
  /** `scale` 1 shows the whole map. */
  onView: (scale: number) => void;
}

interface Shown {
  map: Float32Array;
  colouring: Colouring | undefined;
  /** Categories that are not dimmed; `undefined` for all. */
  only: ReadonlySet<number> | undefined;
  isDark: boolean;
  place: Place | undefined;
  selected: number | undefined;
}

const EMPTY: Shown = {
  map: new Float32Array(),
  colouring: undefined,
  only: undefined,
  isDark: false,
  place: undefined,
  selected: undefined,
};

function* growTree(tree: Quadtree<number>, rows: number): Generator<void, Quadtree<number>> {
  for (let row = 0; row < rows; ++row) {
    if (row % ROWS_A_STEP === 0) yield;
    tree.add(row);
  }
  return tree;
}

export class MapCanvas {
  readonly #host: HTMLElement;
  readonly #below: HTMLCanvasElement;
  readonly #above: HTMLCanvasElement;
  readonly #events: MapEvents;
  readonly #zoom = zoom<HTMLElement, unknown>().scaleExtent([1, MOST_ZOOM]);
  readonly #style: CSSStyleDeclaration;
  /** Aborts listeners and computations. */
  readonly #life = new AbortController();
  #view: ZoomTransform = zoomIdentity;
  #shown = EMPTY;
  #bounds = boundsOf(EMPTY.map);
  #fit: Fit = { scale: [1, 1], left: 0, top: 0 };
  #tree: Quadtree<number> | undefined;
  #image: ImageData | undefined;
  #width = 0;
  #height = 0;
  #sharpness = 1;
  /** The requested animation frame. */
  #frame: number | undefined;
  #isSamplesStale = false;
  /** The user clicked the map, and the pointer is still inside: the wheel zooms. */
  #isEntered = false;

  /** `host` holds two canvases, the samples' first. */
  constructor(host: HTMLElement, events: MapEvents) {
    this.#host = host;
    [this.#below, this.#above] = [...host.querySelectorAll('canvas')] as [HTMLCanvasElement, HTMLCanvasElement];
    this.#events = events;
    this.#style = getComputedStyle(host);
    this.#listen();
    // Some touch screens do not announce themselves.
    this.#zoom.touchable(true);
    this.#zoom.filter((event: Event) => this.#isMeant(event)).clickDistance(4);
    this.#zoom.on('zoom', ({ transform }: D3ZoomEvent<HTMLElement, unknown>) => {
      this.#view = transform;
      events.onView(transform.k);
      this.#redraw(true);
    });
    // A double click would zoom with an animation.
    select(host).call(this.#zoom).on('dblclick.zoom', null);
  }

  show(part: Partial<Shown>): void {
    const before = this.#shown;
    this.#shown = { ...before, ...part };
    const { map, colouring, only, isDark } = this.#shown;
    if (map !== before.map) this.#use(map);
    const isOther = colouring !== before.colouring || only !== before.only || isDark !== before.isDark;
    this.#redraw(map !== before.map || isOther);
  }

  /** Adapts to the container's width. The centre of the view stays. */
  refit(): void {
    const width = this.#host.clientWidth;
    const sharpness = Math.min(devicePixelRatio, SHARPEST);
    // A width of 0 means hidden at the moment.
    if (width === 0 || (width === this.#width && sharpness === this.#sharpness)) return;
    const middle = this.#placeAt(this.#width / 2, this.#height / 2);
    this.#sharpness = sharpness;
    this.#width = width;
    this.#height = shapeOf(width);
    this.#host.style.height = `${this.#height}px`;
    for (const canvas of [this.#below, this.#above]) {
      canvas.width = Math.round(width * sharpness);
      canvas.height = Math.round(this.#height * sharpness);
    }
    this.#image = undefined;
    this.#fit = fitOf(this.#bounds, width, this.#height);
    const rim: [[number, number], [number, number]] = [
      [0, 0],
      [this.#width, this.#height],
    ];
    this.#zoom.extent(rim).translateExtent(rim);
    if (this.#view.k > 1) this.#center(...middle, this.#view.k);
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

  /** Zooms to the prompt and its neighbours. */
  showPlace({ x, y, near }: Place): void {
    const { map } = this.#shown;
    const { low, high } = boundsOf(
      Float32Array.of(x, y, ...near.flatMap((row) => [...map.subarray(2 * row, 2 * row + 2)])),
    );
    const spread = (axis: 0 | 1) => (high[axis] - low[axis]) * this.#fit.scale[axis];
    const scale = Math.min(this.#width / (spread(0) + RIM), this.#height / (spread(1) + RIM));
    // Not all the way: the surroundings give orientation.
    this.#center((low[0] + high[0]) / 2, (low[1] + high[1]) / 2, Math.min(0.7 * scale, MOST_ZOOM / 4));
  }

  /** Moves the view only if the sample is outside. */
  bringIntoView(row: number): void {
    const [x, y] = this.#atRow(row);
    const isInside = x > RIM && y > RIM && x < this.#width - RIM && y < this.#height - RIM;
    if (!isInside && this.#view.k > 1) this.#center(...this.#placeAt(x, y), this.#view.k);
  }

  destroy(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#life.abort();
    select(this.#host).on('.zoom', null);
  }

  #listen(): void {
    const { signal } = this.#life;
    const host = this.#host;
    host.addEventListener('pointermove', this.#point, { signal });
    host.addEventListener('pointerleave', this.#leave, { signal });
    host.addEventListener('blur', this.#leave, { signal });
    host.addEventListener('click', this.#pick, { signal });
    // At the ends of the zoom range, d3-zoom ignores the wheel: the page would scroll or zoom instead.
    const hold = (event: WheelEvent) => this.#isMeant(event) && event.preventDefault();
    host.addEventListener('wheel', hold, { signal, passive: false });
  }

  #use(map: Float32Array): void {
    this.#tree = undefined;
    this.#bounds = boundsOf(map);
    this.#fit = fitOf(this.#bounds, this.#width, this.#height);
    const tree = quadtree<number>()
      .x((row) => map[2 * row] as number)
      .y((row) => map[2 * row + 1] as number)
      .cover(0, 0)
      .cover(1, 1);
    inSlices(growTree(tree, map.length / 2), this.#life.signal).then(
      (grown) => {
        if (this.#shown.map === map) this.#tree = grown;
      },
      () => undefined, // The map was removed.
    );
  }

  /** Decides whether an event is for the map. One finger and a plain wheel scroll the page; the wheel zooms with Ctrl, or after a click. */
  #isMeant(event: Event): boolean {
    if (event instanceof WheelEvent) return event.ctrlKey || event.metaKey || this.#isEntered;
    if (event.type.startsWith('touch')) return (event as TouchEvent).touches.length > 1;
    return (event as MouseEvent).button === 0;
  }

  /** Centres a position of the map, as far as the edges allow. */
  #center(x: number, y: number, k: number): void {
    const { scale, left, top } = this.#fit;
    const view = zoomIdentity.translate(this.#width / 2, this.#height / 2).scale(Math.max(1, k));
    const host = select(this.#host);
    host.call(this.#zoom.transform, view.translate(-(left + scale[0] * x), -(top + scale[1] * y)));
    host.call(this.#zoom.translateBy, 0, 0);
  }

  readonly #at = (x: number, y: number): [number, number] => {
    const { scale, left, top } = this.#fit;
    return this.#view.apply([left + scale[0] * x, top + scale[1] * y]);
  };

  readonly #atRow = (row: number): [number, number] => {
    const { map } = this.#shown;
    return this.#at(map[2 * row] as number, map[2 * row + 1] as number);
  };

  #placeAt(x: number, y: number): [number, number] {
    const [ownX, ownY] = this.#view.invert([x, y]);
    const { scale, left, top } = this.#fit;
    return [(ownX - left) / scale[0], (ownY - top) / scale[1]];
  }

  #redraw(withSamples: boolean): void {
    this.#isSamplesStale ||= withSamples;
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      if (this.#width === 0) return;
      if (this.#isSamplesStale) this.#drawSamples();
      this.#isSamplesStale = false;
      this.#drawAbove();
    });
  }

  #colour = (name: string) => this.#style.getPropertyValue(name).trim();

  #drawSamples(): void {
    const { map, colouring, only, isDark } = this.#shown;
    if (colouring === undefined) return;
    const { k, x, y } = this.#view;
    const { scale, left, top } = this.#fit;
    const { width, height } = this.#below;
    // Pixels are written directly and never drawn, so the canvas belongs in main memory.
    const context = this.#below.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D;
    this.#image ??= context.createImageData(width, height);
    fillImage(this.#image, rgbOfHex(this.#colour('--map-paper')));
    const rest = rgbOfHex(this.#colour('--map-rest'));
    const sharp = this.#sharpness;
    // Samples are larger if there are few, and with the zoom.
    const radius = Math.min(5, 0.85 * k ** 0.5 * Math.max(1, 85 / Math.sqrt(map.length / 2)));
    paintSamples(this.#image, {
      map,
      ofRow: colouring.ofRow,
      colours: colouring.categories.map(({ colour }) => (colour === undefined ? rest : rgbOf(colour, isDark))),
      only,
      dimmed: rest,
      view: {
        scale: [sharp * k * scale[0], sharp * k * scale[1]],
        left: sharp * (x + k * left),
        top: sharp * (y + k * top),
      },
      radius: sharp * radius,
    });
    context.putImageData(this.#image, 0, 0);
  }

  #drawAbove(): void {
    const { place, selected } = this.#shown;
    const context = this.#above.getContext('2d') as CanvasRenderingContext2D;
    context.setTransform(this.#sharpness, 0, 0, this.#sharpness, 0, 0);
    context.clearRect(0, 0, this.#width, this.#height);
    const [ink, paper] = [this.#colour('--map-ink'), this.#colour('--map-paper')];
    drawOverlay(context, { place, selected, at: this.#at, atRow: this.#atRow, ink, paper });
  }

  /** Returns the row at the pointer; `undefined` until the tree is built, some tens of milliseconds after the samples. */
  #rowAt(event: MouseEvent, reach: number): number | undefined {
    const { left, top } = this.#host.getBoundingClientRect();
    const [x, y] = this.#placeAt(event.clientX - left, event.clientY - top);
    // The reach is round in the tree, whose axes have one scale.
    return this.#tree?.find(x, y, reach / (this.#view.k * Math.min(...this.#fit.scale)));
  }

  readonly #point = (event: PointerEvent): void => {
    // Not during a drag, and not for fingers, which cannot hover.
    if (event.buttons === 0 && event.pointerType !== 'touch') this.#events.onHover(this.#rowAt(event, REACH));
  };

  readonly #pick = (event: MouseEvent): void => {
    const isTouch = (event as PointerEvent).pointerType === 'touch';
    this.#isEntered = !isTouch;
    this.#events.onPick(this.#rowAt(event, isTouch ? FINGER : REACH));
  };

  readonly #leave = (): void => {
    this.#isEntered = false;
    this.#events.onHover(undefined);
  };
}
