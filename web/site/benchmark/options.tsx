/** Optional settings for a build. Without them the builder detects what it can, and refuses what is ambiguous. */
import { CODE_TYPES, type CodeType } from 'signalbox';
import { rules } from '../building/build.js';
import type { Rules } from '../building/rules.js';
import { PriceListField } from '../files/price-list-field.js';

const set = (part: Partial<Rules>) => {
  rules.value = { ...rules.peek(), ...part };
};

const CODE_WORDS: Record<CodeType, string> = {
  float32: 'float32: largest',
  int8: 'int8: a quarter of the size',
  int4: 'int4: an eighth of the size',
  binary: 'binary: smallest, least accurate',
};

function NumberField({
  id,
  label,
  value,
  onInput,
}: {
  id: string;
  label: string;
  value: string;
  onInput: (value: string) => void;
}) {
  return (
    <div>
      <label for={id}>{label}</label>
      <input
        id={id}
        type="number"
        step="any"
        inputMode="decimal"
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </div>
  );
}

export function OptionFields() {
  const { name, metrics, low, high, threshold, codes } = rules.value;
  return (
    <div class="option-fields">
      <div>
        <label for="build-metric">Metric</label>
        <textarea
          id="build-metric"
          rows={2}
          dir="auto"
          spellcheck={false}
          value={metrics}
          aria-describedby="build-metric-help"
          onInput={(event) => set({ metrics: event.currentTarget.value })}
        />
        <small id="build-metric-help">
          Needed if a dataset has several metrics. One metric for all datasets, or one rule per line:{' '}
          <code>mmlu*=acc_norm</code>.
        </small>
      </div>
      <PriceListField
        id="build-prices"
        help="The dial has no effect without prices."
        onPrices={(prices) => set({ prices })}
      />
      <div class="row">
        <NumberField id="build-low" label="Worst score" value={low} onInput={(value) => set({ low: value })} />
        <NumberField id="build-high" label="Best score" value={high} onInput={(value) => set({ high: value })} />
        <NumberField
          id="build-threshold"
          label="Counts as right above"
          value={threshold}
          onInput={(value) => set({ threshold: value })}
        />
      </div>
      <div class="row">
        <div>
          <label for="build-name">Name</label>
          <input
            id="build-name"
            dir="auto"
            maxLength={120}
            value={name}
            onInput={(event) => set({ name: event.currentTarget.value })}
          />
        </div>
        <div>
          <label for="build-codes">Size of the index</label>
          <select
            id="build-codes"
            value={codes}
            onChange={(event) => set({ codes: event.currentTarget.value as CodeType })}
          >
            {CODE_TYPES.map((type) => (
              <option key={type} value={type}>
                {CODE_WORDS[type]}
              </option>
            ))}
          </select>
        </div>
      </div>
    </div>
  );
}
