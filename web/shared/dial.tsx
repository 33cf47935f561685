/** From cheapest to best: how much predicted correctness a lower price is worth. */
import { dialWords } from './settings.js';

export function Dial({ value, onChange }: { value: number; onChange: (value: number) => void }) {
  const words = dialWords(value);
  return (
    <div class="dial">
      <label for="dial">
        Cheapest or best <small>{words}</small>
      </label>
      <input
        id="dial"
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
