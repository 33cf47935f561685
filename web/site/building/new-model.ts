/** Adds a model to the page's own benchmark: the rows to run it on, and the index with its results. */
import type { AddModelOptions, BenchmarkFile } from 'signalbox/build';
import { save } from '../../shared/save.js';
import { remember } from '../kept/remembered.js';
import { readKept } from '../kept/storage.js';
import { type Benchmark, routeOn } from '../state.js';
import { run } from './build.js';

/** Facts about the new model, as the user typed them. */
export interface Facts {
  name: string;
  usdPerMTokIn: string;
  usdPerMTokOut: string;
}

async function indexOf({ index, kept }: Benchmark): Promise<Uint8Array<ArrayBuffer>> {
  return index ?? (await readKept(kept as string)).index;
}

/** Downloads the rows to run a new model on. */
export function downloadAnchors(which: Benchmark, n: number): Promise<void> {
  return run(async (mine) => {
    const { anchorsCsv, anchorsInWorker } = await import('./in-worker.js');
    const rows = await anchorsInWorker(await indexOf(which), { n, signal: mine });
    save('anchors.csv', 'text/csv', [anchorsCsv(rows)]);
    return `Chose ${rows.length} rows. Run the new model on them, and fill the column score.`;
  });
}

/** Returns the number in a field; `undefined` if it is empty or not a number. */
const price = (text: string) => (text.trim() === '' || Number.isNaN(Number(text)) ? undefined : Number(text));

function optionsOf({ name, usdPerMTokIn, usdPerMTokOut }: Facts): AddModelOptions {
  return {
    model: name.trim() || undefined,
    usdPerMTokIn: price(usdPerMTokIn),
    usdPerMTokOut: price(usdPerMTokOut),
  };
}

/** Adds a model from its results, and routes with the new index. */
export function addFrom(which: Benchmark, files: readonly BenchmarkFile[], facts: Facts): Promise<void> {
  return run(async (mine) => {
    const { addModelInWorker } = await import('./in-worker.js');
    const made = await addModelInWorker(await indexOf(which), files, { ...optionsOf(facts), signal: mine });
    const { model, rows, unmatched, index } = made;
    remember(undefined);
    routeOn({ name: `${which.name} with ${model}`, index });
    const missed = unmatched.count === 0 ? '' : ` ${unmatched.count} results are on rows that the index does not have.`;
    return `Added ${model} from results on ${rows} ${rows === 1 ? 'row' : 'rows'}.${missed} The page now uses it.`;
  });
}
