/** RouteLLM: one CSV per task, `prompt,<model>,<model>[,<model>_response]`, with True and False. */
import type { Importer } from '../importer.js';
import { badInput, type InputFile } from '../input-file.js';
import type { ImportContext } from '../records.js';
import { headColumns, readTable, type TableReader, tableFormat } from '../table.js';
import { textKey } from '../text-hash.js';
import { scoreOf, textCell } from './cells.js';
import { isRowNumbers } from './columns.js';
import { stemOf } from './long.js';

const RESPONSE = '_response';
const OURS = ['dataset', 'task', 'id', 'model', 'score', 'eval_name'];

function reader(file: InputFile, { sink }: ImportContext, nextRow: () => number): TableReader {
  const dataset = stemOf(file.path).replace(/_responses$/, '');
  let prompt = -1;
  let models: { name: string; at: number }[] = [];
  return {
    onColumns: (columns) => {
      prompt = columns.indexOf('prompt');
      if (prompt < 0) throw badInput({ file: file.path }, "no column 'prompt'");
      models = columns
        .map((name, at) => ({ name, at }))
        .filter(({ name }) => name !== 'prompt' && !isRowNumbers(name) && !name.endsWith(RESPONSE));
    },
    onRow: (cells, line) => {
      const place = { file: file.path, line };
      const row = nextRow();
      const text = textCell(cells[prompt], 'prompt', place);
      if (text === undefined) {
        sink.drop('no_prompt', place);
        return;
      }
      const key = textKey(text);
      const sample = sink.sample({ dataset, key, id: key.slice(0, 12), prompt: text, row, place });
      for (const { name, at } of models) sink.score(sample, name, 'correct', scoreOf(cells[at]), place);
    },
  };
}

export const routeLlmImporter: Importer = {
  source: 'routellm',
  claims: (_file, head) => {
    const columns = headColumns(head);
    if (tableFormat(head) !== 'csv' || columns[0] !== 'prompt' || OURS.some((name) => columns.includes(name))) {
      return false;
    }
    const models = columns.slice(1).filter((name) => !name.endsWith(RESPONSE));
    if (models.some((name) => columns.includes(name + RESPONSE))) return true;
    // Without answers: two models, and Python's words for booleans.
    return models.length === 2 && /,(True|False),(True|False)\r?(\n|$)/.test(head.text);
  },
  read: async (files, context) => {
    let rows = 0;
    const nextRow = () => rows++;
    for (const file of files) {
      if (!/\.csv(\.gz)?$/i.test(file.path)) throw badInput({ file: file.path }, 'not a CSV file');
      await readTable(file, 'csv', reader(file, context, nextRow), context);
    }
  },
};
