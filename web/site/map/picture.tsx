/** The map with its buttons and keys, and a description of the selected sample. */
import { useSignal } from '@preact/signals';
import type { TargetedPointerEvent } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { count } from '../../shared/format.js';
import type { Colouring } from './colours.js';
import { MapCanvas, type MapEvents } from './map-canvas.js';
import type { Place } from './place.js';
import type { Loaded } from './samples.js';
import { isDark } from './scheme.js';

/** Distance for one press of an arrow key, in CSS pixels. */
const PAN = 60;
const ZOOM = 1.5;

interface Props {
  loaded: Loaded;
  map: Float32Array;
  /** `undefined` if not known yet: the last drawing stays. */
  colouring: Colouring | undefined;
  only: ReadonlySet<number> | undefined;
  place: Place | undefined;
  /** Index of the picked model, or -1. */
  pick: number;
}

/** Describes a sample in a sentence. */
export function sampleWords({ tasks, ids, outcomes, info }: Loaded, row: number, pick: number): string {
  const models = info.models.length;
  const of = outcomes.subarray(row * models, (row + 1) * models);
  const known = of.filter((y) => !Number.isNaN(y));
  const right = known.filter((y) => y >= 0.5).length;
  const task = info.tasks[tasks[row] ?? 0];
  const name = `${task?.record?.displayName ?? task?.name ?? ''} ${ids?.[row] ?? `row ${row}`}`;
  if (known.length === 0) return `${name}.`;
  const mine = of[pick] ?? Number.NaN;
  const picked = Number.isNaN(mine) ? '' : `, the pick was ${mine >= 0.5 ? 'right' : 'wrong'}`;
  return `${name}: ${right} of ${count(known.length, 'model')} right${picked}.`;
}

function placeWords(place: Place | undefined): string {
  if (place === undefined) return "The prompt is not on the map: it can't be read.";
  if (place.isVague) return 'Nothing in the benchmark is like the prompt, so its position (dashed) means little.';
  if (place.isScattered) return 'The nearest samples are far apart, so the ring between them is near none of them.';
  return 'Point at a sample or tap it, or press Enter on the map to step through the nearest ones.';
}

/** Creates the canvases, and keeps them up to date. */
function useMap(props: Props, selected: number | undefined, events: MapEvents) {
  const host = useRef<HTMLDivElement>(null);
  const picture = useRef<MapCanvas | undefined>(undefined);
  useEffect(() => {
    if (host.current === null) return;
    const mine = new MapCanvas(host.current, events);
    picture.current = mine;
    const resized = new ResizeObserver(() => mine.refit());
    resized.observe(host.current);
    return () => {
      resized.disconnect();
      mine.destroy();
    };
  }, []);
  const { map, colouring, only, place } = props;
  const dark = isDark.value;
  useEffect(
    () => picture.current?.show({ map, colouring, only, place, selected, isDark: dark }),
    [map, colouring, only, place, selected, dark],
  );
  return { host, picture };
}

function handleKey(key: string, picture: MapCanvas): boolean {
  const moves: Record<string, [number, number]> = {
    ArrowLeft: [PAN, 0],
    ArrowRight: [-PAN, 0],
    ArrowUp: [0, PAN],
    ArrowDown: [0, -PAN],
  };
  const move = moves[key];
  if (move !== undefined) picture.panBy(...move);
  else if (key === '+' || key === '=') picture.zoomBy(ZOOM);
  else if (key === '-') picture.zoomBy(1 / ZOOM);
  else if (key === '0') picture.showAll();
  else return false;
  return true;
}

interface ButtonsProps {
  picture: () => MapCanvas | undefined;
  place: Place | undefined;
  scale: number;
}

function Buttons({ picture, place, scale }: ButtonsProps) {
  const actions: [string, () => void, boolean?][] = [
    ['Zoom in', () => picture()?.zoomBy(ZOOM)],
    ['Zoom out', () => picture()?.zoomBy(1 / ZOOM)],
    ['Fit', () => picture()?.showAll()],
    ['My prompt', () => place && picture()?.showPlace(place), place === undefined],
  ];
  return (
    <fieldset class="map-buttons" aria-label="Map view">
      {actions.map(([name, onClick, isDisabled = false]) => (
        <button key={name} type="button" class="secondary outline small" disabled={isDisabled} onClick={onClick}>
          {name}
        </button>
      ))}
      <small data-scale>{scale > 1 ? `${scale.toFixed(1)}×` : 'whole map'}</small>
    </fieldset>
  );
}

/** Distance of the tip from the pointer, in CSS pixels. */
const BESIDE = 14;

/** Moves the tip beside the pointer, on the side with more room. */
function placeTip(
  tip: HTMLElement | null,
  { currentTarget, clientX, clientY }: TargetedPointerEvent<HTMLElement>,
): void {
  if (tip === null) return;
  const { left, top, width, height } = currentTarget.getBoundingClientRect();
  const [x, y] = [clientX - left, clientY - top];
  const across = x > width / 2 ? `calc(${x - BESIDE}px - 100%)` : `${x + BESIDE}px`;
  tip.style.translate = `${across} ${y > height / 2 ? `calc(${y - BESIDE}px - 100%)` : `${y + BESIDE}px`}`;
}

export function MapPicture(props: Props) {
  const { loaded, place, pick } = props;
  const hovered = useSignal<number | undefined>(undefined);
  /** The sample selected by click, tap or key. */
  const picked = useSignal<number | undefined>(undefined);
  const scale = useSignal(1);
  const row = hovered.value ?? picked.value;
  const tip = useRef<HTMLDivElement>(null);
  const { host, picture } = useMap(props, row, {
    onHover: (next) => {
      hovered.value = next;
    },
    onPick: (next) => {
      picked.value = next;
    },
    onView: (next) => {
      scale.value = next;
    },
  });
  useEffect(() => {
    picked.value = undefined;
  }, [place]);
  const goOn = (near: readonly number[]) => {
    picked.value = near[(near.indexOf(picked.peek() ?? -1) + 1) % near.length];
    hovered.value = undefined;
    if (picked.value !== undefined) picture.current?.bringIntoView(picked.value);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || picture.current === undefined) return;
    if (event.key === 'Escape') picked.value = undefined;
    else if (event.key === 'Enter' || event.key === ' ') goOn(place?.near ?? []);
    else if (!handleKey(event.key, picture.current)) return;
    event.preventDefault();
  };
  const turn = place?.near.indexOf(row ?? -1) ?? -1;
  const where = place && `${place.x.toFixed(4)},${place.y.toFixed(4)}`;
  return (
    <div class="map-picture">
      <Buttons picture={() => picture.current} place={place} scale={scale.value} />
      <div
        ref={host}
        class="map-host"
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it handles keys, as its description says
        tabIndex={0}
        aria-label="Map of the benchmark's samples"
        aria-describedby="map-keys"
        data-zoom={scale.value.toFixed(2)}
        data-place={where}
        onKeyDown={onKeyDown}
        onPointerMove={(event) => placeTip(tip.current, event)}
      >
        <canvas />
        <canvas />
        {/* The line below says the same. */}
        <div ref={tip} class="map-tip" aria-hidden="true" hidden={hovered.value === undefined}>
          {hovered.value !== undefined && sampleWords(loaded, hovered.value, pick)}
        </div>
      </div>
      {/* Announces only what was selected, not what passes under the mouse. */}
      <p role="status" aria-live={hovered.value === undefined ? 'polite' : 'off'} class="map-readout" data-readout>
        {turn >= 0 && <small>{`${turn + 1} of ${place?.near.length} nearest: `}</small>}
        {row === undefined ? placeWords(place) : sampleWords(loaded, row, pick)}
      </p>
      <p id="map-keys" class="map-note">
        Drag to move. Zoom with two fingers, or with the wheel after a click or while holding Ctrl. Keys: arrows to
        move, + and - to zoom, 0 to fit, Enter to step through the nearest samples. Only nearness is meaningful; large
        distances and directions are not.
      </p>
    </div>
  );
}
