/** The dial from cheap to best: how much predicted correctness may be given up for a lower price. */
import { DIAL, dialWords, type Prefer } from './settings.js';

interface Props {
  value: Prefer;
  onChange: (value: Prefer) => void;
  /** Needed if the page has more than one dial. */
  id?: string;
}

export function Dial({ value, onChange, id = 'dial' }: Props) {
  const words = dialWords(value);
  return (
    <div class="dial">
      <label for={id}>
        Price or quality: <small>{words}</small>
      </label>
      <input
        id={id}
        type="range"
        min="0"
        max={DIAL.length - 1}
        step="1"
        value={DIAL.indexOf(value)}
        aria-valuetext={`${value}: ${words}`}
        onInput={(event) => onChange(DIAL[event.currentTarget.valueAsNumber] ?? value)}
      />
      <div class="dial-ends" aria-hidden="true">
        {DIAL.map((name) => (
          <span key={name}>{name}</span>
        ))}
      </div>
    </div>
  );
}
