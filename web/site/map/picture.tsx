/** The picture with its buttons, its keys, and what is said of the sample that is pointed at. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { count } from '../../shared/format.js';
import type { Colouring } from './colours.js';
import { MapCanvas } from './map-canvas.js';
import type { Place } from './place.js';
import type { Loaded } from './samples.js';

/** Of one press of a key, in CSS pixels. */
const PAN = 60;
const ZOOM = 1.5;

interface Props {
  loaded: Loaded;
  map: Float32Array;
  colouring: Colouring;
  only: number | undefined;
  place: Place | undefined;
  /** Place of the picked model among the models, -1 for none. */
  pick: number;
}

/** A sample in a sentence. */
export function sampleWords({ tasks, ids, outcomes, info }: Loaded, row: number, pick: number): string {
  const models = info.models.length;
  const of = outcomes.subarray(row * models, (row + 1) * models);
  const known = of.filter((y) => !Number.isNaN(y));
  const right = known.filter((y) => y >= 0.5).length;
  const name = `${info.tasks[tasks[row] ?? 0]?.name ?? ''} ${ids?.[row] ?? `row ${row}`}`;
  const mine = of[pick] ?? Number.NaN;
  const picked = Number.isNaN(mine) ? '' : `, the pick was ${mine >= 0.5 ? 'right' : 'wrong'}`;
  return `${name}: ${right} of ${count(known.length, 'model')} right${picked}.`;
}

function placeWords(place: Place | undefined): string {
  if (place === undefined) return 'The prompt has no place here: none of its words is known.';
  if (place.isVague) return 'Nothing in the benchmark resembles the prompt: its place, dashed, means little.';
  return 'Point at a sample, or press Enter on the map for the nearest ones in turn.';
}

/** The canvases on the page, kept up to date. */
function useMap(
  props: Props,
  selected: number | undefined,
  onHover: (row: number | undefined) => void,
  onView: (scale: number) => void,
) {
  const host = useRef<HTMLDivElement>(null);
  const picture = useRef<MapCanvas | undefined>(undefined);
  useEffect(() => {
    if (host.current === null) return;
    const mine = new MapCanvas(host.current, { onHover, onView });
    picture.current = mine;
    const resized = new ResizeObserver(() => mine.refit());
    resized.observe(host.current);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const recolour = () => mine.refit();
    scheme.addEventListener('change', recolour);
    return () => {
      resized.disconnect();
      scheme.removeEventListener('change', recolour);
      mine.destroy();
    };
  }, []);
  const { map, colouring, only, place } = props;
  useEffect(
    () => picture.current?.show({ map, colouring, only, place, selected }),
    [map, colouring, only, place, selected],
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

export function MapPicture(props: Props) {
  const { loaded, place, pick } = props;
  const hovered = useSignal<number | undefined>(undefined);
  /** Which of the prompt's neighbours the keyboard is at. */
  const turn = useSignal<number | undefined>(undefined);
  const scale = useSignal(1);
  const near = place?.near ?? [];
  const row = hovered.value ?? (turn.value === undefined ? undefined : near[turn.value % near.length]);
  const { host, picture } = useMap(
    props,
    row,
    (next) => {
      hovered.value = next;
    },
    (next) => {
      scale.value = next;
    },
  );
  useEffect(() => {
    turn.value = undefined;
  }, [place]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || picture.current === undefined) return;
    if (event.key === 'Escape') turn.value = undefined;
    else if (event.key === 'Enter' || event.key === ' ')
      turn.value = ((turn.value ?? -1) + 1) % Math.max(1, near.length);
    else if (!handleKey(event.key, picture.current)) return;
    event.preventDefault();
  };
  const where = place && `${place.x.toFixed(4)},${place.y.toFixed(4)}`;
  return (
    <div class="map-picture">
      <fieldset class="map-buttons" aria-label="View of the map">
        <button type="button" class="secondary outline small" onClick={() => picture.current?.zoomBy(ZOOM)}>
          Closer
        </button>
        <button type="button" class="secondary outline small" onClick={() => picture.current?.zoomBy(1 / ZOOM)}>
          Farther
        </button>
        <button type="button" class="secondary outline small" onClick={() => picture.current?.showAll()}>
          All of it
        </button>
        <button
          type="button"
          class="secondary outline small"
          disabled={place === undefined}
          onClick={() => place && picture.current?.showPlace(place)}
        >
          My prompt
        </button>
      </fieldset>
      <div
        ref={host}
        class="map-host"
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it has keys of its own, as the description says
        tabIndex={0}
        aria-label="Map of the benchmark's samples"
        aria-describedby="map-keys"
        data-zoom={scale.value.toFixed(2)}
        data-place={where}
        onKeyDown={onKeyDown}
      >
        <canvas />
        <canvas />
      </div>
      <p role="status" class="map-readout" data-readout>
        {row === undefined ? placeWords(place) : sampleWords(loaded, row, pick)}
      </p>
      <p id="map-keys" class="map-note">
        Drag to move; zoom by the wheel with Ctrl, or after a click, or with two fingers. Keys: arrows, +, -, 0 for all
        of it, Enter for the nearest samples in turn. It shows who is near whom; what lies far apart, and directions,
        mean nothing.
      </p>
    </div>
  );
}
