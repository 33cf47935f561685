/** A field for a number that the plan depends on. A change plans again. */
import { wish, wishes } from './run.js';
import type { TargetKind } from './wishes.js';

interface AmountProps {
  id: string;
  label: string;
  field: 'atMost' | 'maxLoss' | 'save' | 'budget' | 'volume' | 'low' | 'high';
  /** The target that the field belongs to; it is chosen when the field changes. */
  target?: TargetKind;
}

export function Amount({ id, label, field, target }: AmountProps) {
  return (
    <input
      id={id}
      type="number"
      step="any"
      inputMode="decimal"
      aria-label={label}
      value={wishes.value[field]}
      onChange={(event) => wish({ [field]: event.currentTarget.value, ...(target === undefined ? {} : { target }) })}
    />
  );
}
