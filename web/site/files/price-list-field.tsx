/** The field for a price list. */
import { useSignal } from '@preact/signals';
import type { PriceList } from 'signalbox/build';
import { count } from '../../shared/format.js';

interface Props {
  id: string;
  /** Says what prices are used for. */
  help: string;
  /** `undefined` if no list was chosen, or if the chosen one cannot be read. */
  onPrices: (prices: PriceList | undefined) => void;
}

export function PriceListField({ id, help, onPrices }: Props) {
  const said = useSignal('');
  const read = async (file: File | undefined) => {
    try {
      const prices = file && (await import('./price-list.js')).readPriceList(await file.text());
      said.value = prices === undefined ? '' : `${count(prices.prices.length, 'price')} read.`;
      onPrices(prices);
    } catch (error) {
      said.value = `${file?.name}: ${error instanceof Error ? error.message : String(error)}`;
      onPrices(undefined);
    }
  };
  return (
    <div>
      <label for={id}>Price list</label>
      <input
        id={id}
        type="file"
        accept=".json,.csv,application/json,text/csv"
        aria-describedby={`${id}-help`}
        onChange={(event) => read(event.currentTarget.files?.[0])}
      />
      <small id={`${id}-help`}>
        OpenRouter's list of models (<code>/api/v1/models</code>), models.dev's <code>api.json</code>, LiteLLM's map, or
        a CSV with the columns model, in and out. {help}
      </small>
      <small role="status">{said}</small>
    </div>
  );
}
