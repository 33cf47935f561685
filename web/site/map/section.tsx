/** The map of the benchmark's samples, with the prompt among them. */
import './style.css';
import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { taskLabel } from 'signalbox';
import { Folded } from '../../shared/folded.js';
import { count } from '../../shared/format.js';
import { isCandidate } from '../../shared/settings.js';
import { errorWords } from '../../shared/words.js';
import { answer, settings } from '../state.js';
import { byOutcome, byTask, byWinner, type Colouring, type Mode } from './colours.js';
import { computedOnce } from './computed-once.js';
import { Legend } from './legend.js';
import { MapPicture } from './picture.js';
import { type Place, placeOf } from './place.js';
import { failure, followBenchmark, type Loaded, readAgain, samples } from './samples.js';
import { NeighbourTable, TaskTable } from './twin.js';
import { surroundingsOf, winnersAmong } from './winners.js';

const MODE_WORDS: Record<Mode, string> = {
  task: 'task',
  winner: 'best model nearby',
  right: 'result of one model',
};

function Modes({ mode, onChange }: { mode: Mode; onChange: (mode: Mode) => void }) {
  return (
    <fieldset class="map-modes">
      <legend>Colour samples by</legend>
      {(Object.keys(MODE_WORDS) as Mode[]).map((one) => (
        <label key={one}>
          <input type="radio" name="map-mode" value={one} checked={one === mode} onChange={() => onChange(one)} />{' '}
          {MODE_WORDS[one]}
        </label>
      ))}
    </fieldset>
  );
}

interface ModelChoiceProps {
  loaded: Loaded;
  /** `undefined` for the picked model. */
  value: number | undefined;
  onChange: (model: number | undefined) => void;
}

function ModelChoice({ loaded, value, onChange }: ModelChoiceProps) {
  return (
    <label class="map-model">
      Model
      <select
        value={value ?? ''}
        onChange={({ currentTarget: { value: next } }) => onChange(next === '' ? undefined : Number(next))}
      >
        <option value="">the picked model</option>
        {loaded.info.models.map(({ name }, i) => (
          <option key={name} value={i}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

const MODE_NOTES: Record<Mode, string> = {
  task: 'Each colour is a task of the benchmark. Related tasks have similar colours.',
  winner:
    'Each sample has the colour of the candidate that was right most often around it. Every model starts from its own average, so a few samples change little.',
  right: 'Blue: the model was right. Orange: the model was wrong. Grey: not measured.',
};

const useSurroundings = computedOnce((loaded) =>
  surroundingsOf({ map: loaded.map ?? new Float32Array(), outcomes: loaded.outcomes }, loaded.info.models.length),
);

/** Returns the colouring, or `undefined` while it is computed. */
function useColouring(loaded: Loaded, mode: Mode, model: number): Colouring | undefined {
  const { info } = loaded;
  // Of the settings, only these two decide on candidates.
  const { excluded, pricedOnly } = settings.value;
  const surroundings = useSurroundings(loaded, mode === 'winner');
  const isOfWinners = mode === 'winner';
  return useMemo(() => {
    const models = info.models.map(({ name }) => name);
    const tasks = info.tasks.map(({ name }) => name);
    if (mode === 'task') {
      return byTask(
        loaded,
        tasks,
        tasks.map((name) => taskLabel(info, name)),
      );
    }
    if (mode === 'right') return byOutcome(loaded, model, models.length);
    const candidates = info.models.flatMap((one, i) => (isCandidate(one, settings.peek()) ? [i] : []));
    return surroundings && byWinner(winnersAmong(surroundings, candidates), models);
  }, [loaded, mode, mode === 'right' && model, isOfWinners && excluded, isOfWinners && pricedOnly, surroundings]);
}

interface DrawnProps {
  loaded: Loaded;
  map: Float32Array;
  place: Place | undefined;
  pick: number;
}

function Drawn({ loaded, map, place, pick }: DrawnProps) {
  const mode = useSignal<Mode>('task');
  const only = useSignal<ReadonlySet<number> | undefined>(undefined);
  const chosen = useSignal<number | undefined>(undefined);
  const colouring = useColouring(loaded, mode.value, chosen.value ?? Math.max(0, pick));
  return (
    <>
      <div class="map-controls">
        <Modes
          mode={mode.value}
          onChange={(next) => {
            mode.value = next;
            only.value = undefined;
          }}
        />
        {mode.value === 'right' && (
          <ModelChoice
            loaded={loaded}
            value={chosen.value}
            onChange={(next) => {
              chosen.value = next;
            }}
          />
        )}
      </div>
      <div class="map-columns">
        <MapPicture loaded={loaded} map={map} colouring={colouring} only={only.value} place={place} pick={pick} />
        <div>
          <p class="map-note">{MODE_NOTES[mode.value]}</p>
          {colouring === undefined ? (
            <p class="placeholder">Computing</p>
          ) : (
            <Legend
              categories={colouring.categories}
              inFamilies={mode.value === 'task'}
              only={only.value}
              onOnly={(next) => {
                only.value = next;
              }}
            />
          )}
        </div>
      </div>
    </>
  );
}

function Mapped({ loaded }: { loaded: Loaded }) {
  const { map, info } = loaded;
  const decision = useComputed(() => answer.value?.decision).value;
  const place = useMemo(() => (decision && map ? placeOf(decision, map) : undefined), [decision, map]);
  const pick = info.models.findIndex(({ name }) => name === decision?.model);
  return (
    <>
      {map === null ? (
        <p data-no-map>This index has no map. Rebuild it to add one. The tables below do not need it.</p>
      ) : (
        <>
          <p>
            {count(info.rows, 'benchmark sample')}: similar ones are close together. The ring is your prompt, with lines
            to its nearest samples.
          </p>
          <Drawn loaded={loaded} map={map} place={place} pick={pick} />
        </>
      )}
      <Folded summary="The map as tables">
        {() => (
          <>
            {decision && <NeighbourTable decision={decision} map={map} place={place} />}
            <TaskTable loaded={loaded} pick={pick} decision={decision} />
          </>
        )}
      </Folded>
    </>
  );
}

export function MapSection() {
  useEffect(() => followBenchmark(), []);
  const loaded = samples.value;
  if (failure.value !== undefined) {
    return (
      <div role="alert" class="failed">
        <p>{errorWords(failure.value)}</p>
        <button type="button" class="small" onClick={readAgain}>
          Try again
        </button>
      </div>
    );
  }
  if (loaded === undefined) return <p class="placeholder">Reading the samples</p>;
  return <Mapped key={loaded.reading} loaded={loaded} />;
}
