/** From cheapest to best: how much predicted correctness a lower price is worth. */
import { dialWords } from './settings.js';

interface Props {
  value: number;
  onChange: (value: number) => void;
  /** Where there is more than one dial on the page. */
  id?: string;
}

export function Dial({ value, onChange, id = 'dial' }: Props) {
  const words = dialWords(value);
  return (
    <div class="dial">
      <label for={id}>
        Cheapest or best <small>{words}</small>
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
