/** AlpacaEval: annotations.json, a list that compares a model's answer with the reference's. */
import { type Fields, field, requiredObject, requiredText, textField } from '../fields.js';
import type { Importer } from '../importer.js';
import { badInput, type InputFile } from '../input-file.js';
import { readJsonParts } from '../json.js';
import type { ImportContext, Place } from '../records.js';
import { type Measure, nameMetrics, settingsOf, settingText } from '../runs.js';
import { textKey } from '../text-hash.js';
import { scoreOf } from './cells.js';

const METRIC = 'preference';
/** Folders that do not name a model. */
const GENERAL_FOLDER = /^(\.{0,2}|results?|outputs?|annotations?|alpaca_?eval|data|tmp|home)$/i;

/** 1: the reference wins; 2: the model wins; 0: a draw, in older files. */
function winOf(preference: unknown): unknown {
  if (preference === 0) return 0.5;
  return typeof preference === 'number' ? preference - 1 : preference;
}

const datasetOf = (entry: Fields) => textField(entry, 'dataset') ?? 'alpaca_eval';

/** Returns the metric of an entry: preferences of other judges, or over other references, are not comparable. */
function measureOf(entry: Fields): Measure {
  const settings = { annotator: textField(entry, 'annotator'), reference: textField(entry, 'generator_1') };
  return { dataset: datasetOf(entry), metric: METRIC, settings: settingsOf(settings) };
}

/**
 * Returns the model of an entry: `generator_2`, or the folder, `results/<model>/[<judge>/]annotations.json`. Without
 * `generator_2`, `generator` may be the reference. Errors: `invalid_argument` if neither names the model.
 */
function modelOf(entry: Fields, place: Place): string {
  const given = field(entry, 'generator_2');
  if (given !== undefined && given !== null) return requiredText(entry, place, 'generator_2');
  const folders = place.file.split('/').slice(0, -1);
  if (folders.at(-1) === textField(entry, 'annotator')) folders.pop();
  const folder = folders.at(-1) ?? '';
  if (!GENERAL_FOLDER.test(folder)) return folder;
  const expected = "expected results/<model>/annotations.json, or outputs with the model as 'generator'";
  throw badInput(place, `no 'generator_2', which names the model ('generator' may be the reference): ${expected}`);
}

async function readEntries(
  file: InputFile,
  onEntry: (entry: Fields, place: Place) => void,
  context: Pick<ImportContext, 'signal' | 'onBytes'>,
): Promise<void> {
  let entries = 0;
  const onPart = ({ value }: { value: unknown }) => {
    entries += 1;
    const place = { file: file.path, line: entries };
    onEntry(requiredObject(value, place, `annotation ${entries - 1}`), place);
  };
  await readJsonParts(file, ['$.*'], onPart, context);
}

/** Returns the name of each measure in the files, by the text of the measure. */
async function metricNames(files: readonly InputFile[], { signal }: ImportContext): Promise<Map<string, string>> {
  const measures = new Map<string, Measure>();
  const onEntry = (entry: Fields) => {
    const measure = measureOf(entry);
    measures.set(settingText(measure), measure);
  };
  for (const file of files) await readEntries(file, onEntry, { signal });
  const names = nameMetrics([...measures.values()]);
  return new Map([...measures.keys()].map((key, i) => [key, names[i] ?? METRIC]));
}

/** AlpacaEval: one metric for each judge and reference, if there are several. */
export const alpacaEvalImporter: Importer = {
  source: 'alpaca-eval',
  claims: (_file, { name, text }) =>
    name.endsWith('.json') &&
    /^\s*\[/.test(text) &&
    text.includes('"instruction"') &&
    (text.includes('"generator_2"') || (text.includes('"output_2"') && text.includes('"preference"'))),
  read: async (files, context) => {
    const metrics = await metricNames(files, context);
    const onEntry = (entry: Fields, place: Place) => {
      const prompt = requiredText(entry, place, 'instruction');
      const model = modelOf(entry, place);
      const key = textKey(prompt);
      const sample = context.sink.sample({ dataset: datasetOf(entry), key, id: key.slice(0, 12), prompt, place });
      const metric = metrics.get(settingText(measureOf(entry))) ?? METRIC;
      const preference = scoreOf(field(entry, 'preference'));
      context.sink.score(sample, model, metric, winOf(preference), place, { repeats: true });
    };
    for (const file of files) await readEntries(file, onEntry, context);
  },
};
