/** The form that adds a model to the current benchmark. */
import { useSignal } from '@preact/signals';
import { failed } from '../building/build.js';
import { addFrom, downloadAnchors, type Facts } from '../building/new-model.js';
import { Chooser, DropZone } from '../files/drop-zone.js';
import { benchmark } from '../state.js';

const SIZES = [20, 50, 100];

interface FieldProps {
  id: string;
  label: string;
  value: string;
  isNumber?: boolean;
  onText: (text: string) => void;
}

function Field({ id, label, value, isNumber = false, onText }: FieldProps) {
  return (
    <div>
      <label for={id}>{label}</label>
      <input
        id={id}
        dir="auto"
        value={value}
        {...(isNumber ? { type: 'number', min: 0, step: 'any' } : { maxLength: 200 })}
        onInput={(event) => onText(event.currentTarget.value)}
      />
    </div>
  );
}

export function NewModel() {
  const which = benchmark.value;
  const rows = useSignal(50);
  const facts = useSignal<Facts>({ name: '', usdPerMTokIn: '', usdPerMTokOut: '' });
  const set = (key: keyof Facts) => (text: string) => {
    facts.value = { ...facts.peek(), [key]: text };
  };
  const take = (files: Parameters<typeof addFrom>[1]) => addFrom(which, files, facts.peek());
  const { name, usdPerMTokIn, usdPerMTokOut } = facts.value;
  return (
    <details class="new-model" data-new-model>
      <summary>Add a model</summary>
      <p>
        A new model needs results on a few rows of this benchmark only: the rest is estimated from the models that agree
        with it there. Nothing leaves this device.
      </p>
      <div class="actions">
        <label for="anchor-rows">Rows to run it on</label>
        <select
          id="anchor-rows"
          value={rows.value}
          onChange={(event) => {
            rows.value = Number(event.currentTarget.value);
          }}
        >
          {SIZES.map((size) => (
            <option key={size} value={size}>
              {size}
            </option>
          ))}
        </select>
        <button
          type="button"
          class="secondary outline small"
          data-anchors
          onClick={() => downloadAnchors(which, rows.value)}
        >
          Download the rows
        </button>
      </div>
      <div class="option-fields">
        <Field id="new-name" label="Name of the new model" value={name} onText={set('name')} />
        <div class="row">
          <Field
            id="new-in"
            label="$ per million tokens in"
            value={usdPerMTokIn}
            isNumber
            onText={set('usdPerMTokIn')}
          />
          <Field
            id="new-out"
            label="$ per million tokens out"
            value={usdPerMTokOut}
            isNumber
            onText={set('usdPerMTokOut')}
          />
        </div>
      </div>
      <DropZone label="Results of the new model" onFiles={take} onFailed={failed}>
        <p>Drop the rows with scores here, or result files of the new model, or choose them:</p>
        <Chooser id="new-results" label="Choose its results" onFiles={take} />
      </DropZone>
    </details>
  );
}
