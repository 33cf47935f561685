/** MixInstruct: JSONL, one line per instruction, with the scores of each candidate's answer. */
import { field, isObject, requiredObject, requiredText, textField } from '../fields.js';
import type { Importer } from '../importer.js';
import { badInput, type InputFile } from '../input-file.js';
import { readJsonLines } from '../json.js';
import type { ImportContext } from '../records.js';
import { scoreOf } from './cells.js';
import { stemOf } from './long.js';

async function readFile(file: InputFile, context: ImportContext): Promise<void> {
  const dataset = stemOf(file.path);
  const onLine = (value: unknown, line: number) => {
    const place = { file: file.path, line };
    const entry = requiredObject(value, place, 'the line');
    const id = requiredText(entry, place, 'id');
    const candidates = field(entry, 'candidates');
    if (!Array.isArray(candidates)) throw badInput(place, "'candidates' is not a list");
    const asked = [textField(entry, 'instruction'), textField(entry, 'input')].filter(Boolean).join('\n');
    const sample = context.sink.sample({ dataset, key: id, id, prompt: asked, place });
    for (const candidate of candidates) {
      const model = requiredText(candidate, place, 'model');
      const scores = field(candidate, 'scores');
      if (!isObject(scores)) throw badInput(place, `the scores of ${model} are not an object`);
      for (const metric of Object.keys(scores)) {
        context.sink.score(sample, model, metric, scoreOf(field(scores, metric)), place);
      }
    }
  };
  await readJsonLines(file, onLine, context);
}

export const mixInstructImporter: Importer = {
  source: 'mixinstruct',
  claims: (_file, { name, text }) =>
    /\.(jsonl|ndjson)$/.test(name) &&
    /^\s*\{/.test(text) &&
    text.includes('"instruction"') &&
    text.includes('"candidates"'),
  read: async (files, context) => {
    for (const file of files) await readFile(file, context);
  },
};
