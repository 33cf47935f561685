/** The map: where the benchmark's samples lie, and the prompt among them. */
import './style.css';
import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { count } from '../../shared/format.js';
import { isCandidate } from '../../shared/settings.js';
import { errorWords } from '../../shared/words.js';
import { Folded } from '../cost/folded.js';
import { answer, settings } from '../state.js';
import { byOutcome, byTask, byWinner, type Category, type Colouring, type Mode } from './colours.js';
import { MapPicture } from './picture.js';
import { placeOf } from './place.js';
import { failure, followBenchmark, type Loaded, samples } from './samples.js';
import { NeighbourTable, TaskTable } from './twin.js';
import { winnersAround } from './winners.js';

const MODE_WORDS: Record<Mode, string> = {
  task: 'its task',
  winner: 'who wins around it',
  right: 'whether a model was right',
};

function Modes({ mode, onChange }: { mode: Mode; onChange: (mode: Mode) => void }) {
  return (
    <fieldset class="map-modes">
      <legend>The colour of a sample is</legend>
      {(Object.keys(MODE_WORDS) as Mode[]).map((one) => (
        <label key={one}>
          <input type="radio" name="map-mode" value={one} checked={one === mode} onChange={() => onChange(one)} />{' '}
          {MODE_WORDS[one]}
        </label>
      ))}
    </fieldset>
  );
}

interface LegendProps {
  categories: readonly Category[];
  only: number | undefined;
  onOnly: (only: number | undefined) => void;
}

function Legend({ categories, only, onOnly }: LegendProps) {
  return (
    <ul class="map-legend" aria-label="What the colours mean; press one to see it alone">
      {categories.map(({ name, colour, rows }, i) =>
        rows === 0 ? null : (
          <li key={name}>
            <button
              type="button"
              class="secondary outline small"
              aria-pressed={only === i}
              onClick={() => onOnly(only === i ? undefined : i)}
            >
              <span class="dot" style={colour.startsWith('oklch') ? { background: colour } : {}} aria-hidden="true" />
              <bdi>{name}</bdi> <small>{rows.toLocaleString('en')}</small>
            </button>
          </li>
        ),
      )}
    </ul>
  );
}

interface ModelChoiceProps {
  loaded: Loaded;
  value: number;
  onChange: (model: number) => void;
}

function ModelChoice({ loaded, value, onChange }: ModelChoiceProps) {
  return (
    <label class="map-model">
      Model
      <select value={value} onChange={(event) => onChange(Number(event.currentTarget.value))}>
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
  task: 'Each colour is a task of the benchmark; tasks of one family have colours that are near each other.',
  winner:
    'Each sample has the colour of the candidate that was right most often in its surroundings. Few samples count for little: each model starts from its own average.',
  right: 'Blue: the model was right on the sample. Orange: it was wrong.',
};

function useColouring(loaded: Loaded, mode: Mode, model: number): Colouring {
  const { info, map } = loaded;
  const names = info.models.map(({ name }) => name);
  // Prices and the dial make no candidate: only these two do.
  const { excluded, pricedOnly } = settings.value;
  return useMemo(() => {
    if (mode === 'task') {
      return byTask(
        loaded,
        info.tasks.map(({ name }) => name),
      );
    }
    if (mode === 'right') return byOutcome(loaded, model, names.length);
    const candidates = info.models.flatMap((one, i) => (isCandidate(one, settings.peek()) ? [i] : []));
    const winners = winnersAround(
      { map: map ?? new Float32Array(), outcomes: loaded.outcomes },
      names.length,
      candidates,
    );
    return byWinner(winners, names);
  }, [loaded, mode, mode === 'right' ? model : 0, mode === 'winner' ? excluded : 0, mode === 'winner' && pricedOnly]);
}

function Drawn({ loaded, map }: { loaded: Loaded; map: Float32Array }) {
  const mode = useSignal<Mode>('task');
  const only = useSignal<number | undefined>(undefined);
  const chosen = useSignal<number | undefined>(undefined);
  const decision = useComputed(() => answer.value?.decision).value;
  const pick = loaded.info.models.findIndex(({ name }) => name === decision?.model);
  const model = chosen.value ?? Math.max(0, pick);
  const colouring = useColouring(loaded, mode.value, model);
  const place = useMemo(() => decision && placeOf(decision, map), [decision, map]);
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
            value={model}
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
          <Legend
            categories={colouring.categories}
            only={only.value}
            onOnly={(next) => {
              only.value = next;
            }}
          />
        </div>
      </div>
      <Folded summary="The map as tables">
        {() => (
          <>
            {decision && <NeighbourTable decision={decision} map={map} place={place} />}
            <TaskTable loaded={loaded} map={map} pick={pick} decision={decision} />
          </>
        )}
      </Folded>
    </>
  );
}

export function MapSection() {
  useEffect(() => followBenchmark(), []);
  const loaded = samples.value;
  if (failure.value !== undefined) return <p class="failed">{errorWords(failure.value)}</p>;
  if (loaded === undefined) return <p class="placeholder">Reading the samples</p>;
  const { map, info } = loaded;
  return (
    <>
      <p>
        {count(info.rows, 'sample')} of the benchmark: those that resemble each other lie together. The ring is your
        prompt, with lines to its nearest samples.
      </p>
      {map === null ? (
        <p data-no-map>This index was built without a map. Built anew, it has one.</p>
      ) : (
        <Drawn key={info.sizeBytes} loaded={loaded} map={map} />
      )}
    </>
  );
}
