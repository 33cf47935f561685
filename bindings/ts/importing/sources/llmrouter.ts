/** LLMRouter: long JSONL, one line per query and model. */
import { field, numberField, requiredObject, requiredText, textField } from '../fields.js';
import type { Importer } from '../importer.js';
import type { InputFile } from '../input-file.js';
import { readJsonLines } from '../json.js';
import type { ImportContext } from '../records.js';
import { headColumns } from '../table.js';
import { textKey } from '../text-hash.js';
import { scoreOf } from './cells.js';

async function readFile(file: InputFile, context: ImportContext): Promise<void> {
  const onLine = (value: unknown, line: number) => {
    const place = { file: file.path, line };
    const entry = requiredObject(value, place, 'the line');
    const prompt = requiredText(entry, place, 'query');
    const model = requiredText(entry, place, 'model_name');
    const key = textKey(prompt);
    const dataset = requiredText(entry, place, 'task_name');
    const sample = context.sink.sample({ dataset, key, id: key.slice(0, 12), prompt, place });
    const figures = {
      costUsd: numberField(entry, 'cost'),
      tokensIn: numberField(entry, 'prompt_tokens'),
      tokensOut: numberField(entry, 'completion_tokens'),
    };
    const metric = textField(entry, 'metric') ?? 'performance';
    context.sink.score(sample, model, metric, scoreOf(field(entry, 'performance')), place, figures);
  };
  await readJsonLines(file, onLine, context);
}

export const llmRouterImporter: Importer = {
  source: 'llmrouter',
  claims: (_file, head) => {
    const columns = headColumns(head);
    return ['task_name', 'query', 'model_name', 'performance'].every((name) => columns.includes(name));
  },
  read: async (files, context) => {
    for (const file of files) await readFile(file, context);
  },
};
