/** The field for a price list. */
import { useSignal } from '@preact/signals';
import type { PriceList } from 'signalbox/build';
import { count } from '../../shared/format.js';
import { Chooser } from './drop-zone.js';

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
      said.value = prices === undefined ? '' : `${file?.name}: ${count(prices.prices.length, 'price')} read.`;
      onPrices(prices);
    } catch (error) {
      said.value = `${file?.name}: ${error instanceof Error ? error.message : String(error)}`;
      onPrices(undefined);
    }
  };
  return (
    <div class="chooser-field">
      <Chooser
        id={id}
        label="Choose a price list"
        accept=".json,.csv,application/json,text/csv"
        describedBy={`${id}-help`}
        onFiles={([file]) => read(file)}
      />
      <small id={`${id}-help`}>
        OpenRouter's list of models (<code>/api/v1/models</code>), models.dev's <code>api.json</code>, LiteLLM's map, or
        a CSV with the columns model, in and out. {help}
      </small>
      <small role="status" dir="auto">
        {said}
      </small>
    </div>
  );
}
