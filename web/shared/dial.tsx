/** The dial from cheapest to best: how much predicted correctness may be given up for a lower price. */
import { dialWords } from './settings.js';

interface Props {
  value: number;
  onChange: (value: number) => void;
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
        max="100"
        step="1"
        value={value}
        aria-valuetext={words}
        onInput={(event) => onChange(event.currentTarget.valueAsNumber)}
      />
      <div class="dial-ends" aria-hidden="true">
        <span>cheapest</span>
        <span>best</span>
      </div>
    </div>
  );
}
