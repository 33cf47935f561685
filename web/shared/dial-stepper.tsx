/** Buttons that move the dial in steps: each press picks the next cheaper or better model. */

import type { RecordOf } from './card.js';
import type { CostUnit } from './cost.js';
import { type DialStop, stopAt } from './frontier.js';
import { namedModel } from './model-name.js';
import type { Prefer } from './settings.js';

interface Props {
  /** Ordered from cheapest to best; see `dialStops`. */
  stops: readonly DialStop[];
  prefer: Prefer;
  onChange: (prefer: Prefer) => void;
  unit: CostUnit;
  /** Describes a predicted correctness. */
  qualityWords: (p: number) => string;
  recordOf: RecordOf;
}

interface StepProps {
  words: string;
  /** Shown if there is no step left. */
  end: string;
  stop: DialStop | undefined;
  onStep: (stop: DialStop) => void;
  unit: CostUnit;
  qualityWords: Props['qualityWords'];
  recordOf: RecordOf;
}

/** Stays focusable at the end of the dial, so that repeated presses do not lose the focus. */
function Step({ words, end, stop, onStep, unit, qualityWords, recordOf }: StepProps) {
  return (
    <button
      type="button"
      class="secondary outline step"
      aria-disabled={stop === undefined}
      onClick={() => stop && onStep(stop)}
    >
      <b>{words}</b>{' '}
      <small>
        {stop === undefined ? (
          end
        ) : (
          <>
            <bdi>{namedModel(stop.model, recordOf(stop.model)).name}</bdi>,{' '}
            {stop.usd === null ? 'no price' : unit.words(stop.usd)}, {qualityWords(stop.p)}
          </>
        )}
      </small>
    </button>
  );
}

export function DialStepper({ stops, prefer, onChange, unit, qualityWords, recordOf }: Props) {
  const at = stopAt(stops, prefer);
  return (
    <fieldset class="stepper">
      <legend>Step to the next model</legend>
      <Step
        words="Cheaper"
        end="the dial has no cheaper one"
        stop={stops[at - 1]}
        // The near end of that stretch.
        onStep={({ to }) => onChange(to)}
        unit={unit}
        qualityWords={qualityWords}
        recordOf={recordOf}
      />
      <Step
        words="Better"
        end="the dial has no better one"
        stop={stops[at + 1]}
        onStep={({ from }) => onChange(from)}
        unit={unit}
        qualityWords={qualityWords}
        recordOf={recordOf}
      />
    </fieldset>
  );
}
