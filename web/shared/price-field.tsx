/** A field for a price. Keeps the text as typed until it is a number of dollars, and explains why it is not. */
import { useEffect, useState } from 'preact/hooks';
import { numbersAs } from './format.js';

/** The highest price that the router accepts. */
const MOST_USD = 1e6;

/** Plain decimals: no signs, exponents or separators. */
const DECIMAL = /^(\d+\.?\d*|\.\d+)$/;

/** Returns the price in dollars, or `undefined` if the text is not one. */
export function readPrice(text: string): number | undefined {
  const usd = DECIMAL.test(text.trim()) ? Number(text) : Number.NaN;
  return usd >= 0 && usd <= MOST_USD ? usd : undefined;
}

interface Props {
  id: string;
  label: string;
  usd: number | null;
  /** `null` if the field was cleared. */
  onChange: (usd: number | null) => void;
}

/** All digits, as plain decimals. */
const plain = numbersAs({ maximumFractionDigits: 20, useGrouping: false });
const textOf = (usd: number | null) => (usd === null ? '' : plain(usd));

export function PriceField({ id, label, usd, onChange }: Props) {
  /** Text that was typed and is not accepted yet. */
  const [draft, setDraft] = useState<string | undefined>(undefined);
  const [isRefused, setRefused] = useState(false);
  const forget = () => {
    setDraft(undefined);
    setRefused(false);
  };
  // The price changed from outside, by a reset or by the other field.
  useEffect(forget, [usd]);
  const take = (text: string) => {
    const price = readPrice(text);
    const isEmpty = text.trim() === '';
    setRefused(price === undefined && !isEmpty);
    if (price === undefined && !isEmpty) return setDraft(text);
    setDraft(undefined);
    onChange(price ?? null);
  };
  return (
    <>
      <input
        id={id}
        class="price"
        type="text"
        inputMode="decimal"
        autocomplete="off"
        size={7}
        aria-label={label}
        aria-invalid={isRefused ? 'true' : undefined}
        aria-describedby={isRefused ? `${id}-refused` : undefined}
        value={draft ?? textOf(usd)}
        onInput={(event) => setDraft(event.currentTarget.value)}
        onChange={(event) => take(event.currentTarget.value)}
        onKeyDown={(event) => event.key === 'Escape' && forget()}
      />
      {isRefused && (
        <small class="refused" id={`${id}-refused`} role="alert">
          Not a price. Enter US dollars from 0 to 1,000,000, such as 0.15. The old price still applies.
        </small>
      )}
    </>
  );
}
