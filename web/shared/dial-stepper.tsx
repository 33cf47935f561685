/** The dial again, in steps: each press makes the next cheaper or better model the pick. */

import { percent, priceWords, shortName } from './format.js';
import { type DialStop, stopAt } from './frontier.js';

interface Props {
  /** From cheapest to best; see `dialStops`. */
  stops: readonly DialStop[];
  dial: number;
  onChange: (dial: number) => void;
}

interface StepProps {
  words: string;
  /** Said where there is no step left. */
  end: string;
  stop: DialStop | undefined;
  onStep: (stop: DialStop) => void;
}

/** It stays focusable at the end of the dial: who presses it again and again is not thrown off it. */
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
      <legend>Step to the next pick</legend>
      <Step
        words="Cheaper"
        end="nothing is cheaper"
        stop={stops[at - 1]}
        // The end that is nearest to where the dial stands.
        onStep={({ to }) => onChange(to)}
      />
      <Step words="Better" end="nothing is better" stop={stops[at + 1]} onStep={({ from }) => onChange(from)} />
    </fieldset>
  );
}
