/** A price that a person may set: kept as typed until it is a number of dollars, refused with a reason where it is not. */
import { useEffect, useState } from 'preact/hooks';

/** More than any model costs; the router takes none that is higher. */
const MOST_USD = 1e6;

/** Plain decimals: no signs, exponents or thousands. */
const DECIMAL = /^(\d+\.?\d*|\.\d+)$/;

/** `undefined` for what is no price. */
export function readPrice(text: string): number | undefined {
  const usd = DECIMAL.test(text.trim()) ? Number(text) : Number.NaN;
  return usd >= 0 && usd <= MOST_USD ? usd : undefined;
}

interface Props {
  id: string;
  label: string;
  usd: number | null;
  /** `null`: it was emptied. */
  onChange: (usd: number | null) => void;
}

/** Benchmarks keep single precision; more digits than it has would be noise. */
const textOf = (usd: number | null) => (usd === null ? '' : String(Number(usd.toPrecision(7))));

export function PriceField({ id, label, usd, onChange }: Props) {
  /** What is typed and not taken (yet). */
  const [draft, setDraft] = useState<string | undefined>(undefined);
  const [isRefused, setRefused] = useState(false);
  const forget = () => {
    setDraft(undefined);
    setRefused(false);
  };
  // Another price than the one that it was typed over, from a reset or from the other field.
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
          Not a price: give dollars from 0 to a million, such as 0.15. The old price stays.
        </small>
      )}
    </>
  );
}
