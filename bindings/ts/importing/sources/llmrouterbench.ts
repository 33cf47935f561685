/** LLMRouterBench: one JSON document per model and dataset. */
import { field, numberField, requiredObject, requiredText, textField } from '../fields.js';
import type { Importer } from '../importer.js';
import { badInput, type InputFile } from '../input-file.js';
import { readJsonParts } from '../json.js';
import { promptText } from '../messages.js';
import type { ImportContext } from '../records.js';
import { scoreOf } from './cells.js';

interface Names {
  model: string;
  dataset: string;
  /** Each split numbers its records from the start. */
  split: string | undefined;
}

/** Looks for the names in a first pass: they may follow the records. */
async function readNames(file: InputFile, context: ImportContext): Promise<Names> {
  const names = new Map<string, unknown>();
  const onPart = ({ value, path }: { value: unknown; path: (string | number)[] }) => names.set(String(path[0]), value);
  await readJsonParts(file, ['$.model_name', '$.dataset_name', '$.split'], onPart, { signal: context.signal });
  const [model, dataset] = [names.get('model_name'), names.get('dataset_name')];
  const split = names.get('split');
  if (typeof model === 'string' && typeof dataset === 'string') {
    return { model, dataset, split: typeof split === 'string' && split !== '' ? split : undefined };
  }
  throw badInput({ file: file.path }, "no 'model_name' or no 'dataset_name'");
}

async function readFile(file: InputFile, context: ImportContext): Promise<void> {
  const { model, dataset, split } = await readNames(file, context);
  let records = 0;
  const onRecord = (value: unknown) => {
    records += 1;
    const place = { file: file.path, line: records };
    const record = requiredObject(value, place, `record ${records - 1}`);
    const index = requiredText(record, place, 'index');
    const id = split === undefined ? index : `${split}/${index}`;
    const prompt = textField(record, 'origin_query') ?? promptText(field(record, 'prompt'));
    const sample = context.sink.sample({ dataset, key: id, id, prompt, place });
    const figures = {
      costUsd: numberField(record, 'cost'),
      tokensIn: numberField(record, 'prompt_tokens'),
      tokensOut: numberField(record, 'completion_tokens'),
    };
    context.sink.score(sample, model, 'score', scoreOf(field(record, 'score')), place, figures);
  };
  await readJsonParts(file, ['$.records.*'], ({ value }) => onRecord(value), context);
  if (records === 0) throw badInput({ file: file.path }, "no 'records'");
}

export const llmRouterBenchImporter: Importer = {
  source: 'llmrouterbench',
  claims: (_file, { name, text }) =>
    name.endsWith('.json') &&
    /^\s*\{/.test(text) &&
    // The names may follow the records, beyond the head.
    (/^\s*\{\s*"records"\s*:\s*\[/.test(text) || (/"(model|dataset)_name"/.test(text) && text.includes('"records"'))),
  read: async (files, context) => {
    for (const file of files) await readFile(file, context);
  },
};
