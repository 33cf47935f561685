/** AlpacaEval: annotations.json, a list that compares a model's answer with the reference's. */
import { field, requiredObject, requiredText, textField } from '../fields.js';
import type { Importer } from '../importer.js';
import type { InputFile } from '../input-file.js';
import { readJsonParts } from '../json.js';
import type { ImportContext } from '../records.js';
import { textKey } from '../text-hash.js';
import { scoreOf } from './long.js';

/** 1: the reference wins; 2: the model wins; 0: a draw, in older files. */
function winOf(preference: unknown): unknown {
  if (preference === 0) return 0.5;
  return typeof preference === 'number' ? preference - 1 : preference;
}

async function readFile(file: InputFile, context: ImportContext): Promise<void> {
  let entries = 0;
  const onEntry = (value: unknown) => {
    entries += 1;
    const place = { file: file.path, line: entries };
    const entry = requiredObject(value, place, `annotation ${entries - 1}`);
    const prompt = requiredText(entry, place, 'instruction');
    const model = requiredText(entry, place, 'generator_2');
    const key = textKey(prompt);
    const dataset = textField(entry, 'dataset') ?? 'alpaca_eval';
    const sample = context.sink.sample({ dataset, key, id: key.slice(0, 12), prompt, place });
    const preference = scoreOf(field(entry, 'preference'));
    context.sink.score(sample, model, 'preference', winOf(preference), place);
  };
  await readJsonParts(file, ['$.*'], ({ value }) => onEntry(value), context);
}

export const alpacaEvalImporter: Importer = {
  source: 'alpaca-eval',
  claims: (_file, { name, text }) =>
    name.endsWith('.json') && /^\s*\[/.test(text) && text.includes('"generator_2"') && text.includes('"instruction"'),
  read: async (files, context) => {
    for (const file of files) await readFile(file, context);
  },
};
