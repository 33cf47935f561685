/** Buttons that move the dial in steps: each press picks the next cheaper or better model. */

import { percent, priceWords, shortName } from './format.js';
import { type DialStop, stopAt } from './frontier.js';

interface Props {
  /** Ordered from cheapest to best; see `dialStops`. */
  stops: readonly DialStop[];
  dial: number;
  onChange: (dial: number) => void;
}

interface StepProps {
  words: string;
  /** Shown if there is no step left. */
  end: string;
  stop: DialStop | undefined;
  onStep: (stop: DialStop) => void;
}

/** Stays focusable at the end of the dial, so that repeated presses do not lose the focus. */
function Step({ words, end, stop, onStep }: StepProps) {
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
            <bdi>{shortName(stop.model)}</bdi>, {stop.usdPerMTok === null ? 'no price' : priceWords(stop.usdPerMTok)},{' '}
            {percent(stop.p)}
          </>
        )}
      </small>
    </button>
  );
}

export function DialStepper({ stops, dial, onChange }: Props) {
  const at = stopAt(stops, dial);
  return (
    <fieldset class="stepper">
      <legend>Step to the next model</legend>
      <Step
        words="Cheaper"
        end="no model is cheaper"
        stop={stops[at - 1]}
        // The near end of that stretch.
        onStep={({ to }) => onChange(to)}
      />
      <Step words="Better" end="no model is better" stop={stops[at + 1]} onStep={({ from }) => onChange(from)} />
    </fieldset>
  );
}
