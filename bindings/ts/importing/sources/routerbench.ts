/** RouterBench: a wide CSV with the answer and the cost of each model beside its score. */
import { wellFormed } from '../../files/text.js';
import type { Importer } from '../importer.js';
import { badInput, type FileHead, headOf, type InputFile, noResults } from '../input-file.js';
import { parsePythonStrings } from '../python-literal.js';
import type { ImportContext } from '../records.js';
import { headColumns, readTable, type TableReader } from '../table.js';
import { figureCell, scoreOf, textCell } from './cells.js';
import { requiredFormat } from './long.js';

const COST = '|total_cost';
const ANSWER = '|model_response';

/** Recognises a pickle by name, or by the first bytes of protocols 2 to 5. */
function isPickle({ name, bytes }: FileHead): boolean {
  if (/\.(pkl|pickle)$/.test(name)) return true;
  return bytes[0] === 0x80 && (bytes[1] ?? 0) >= 2 && (bytes[1] ?? 0) <= 5;
}

/**
 * Writes a name for use within Python quotes within shell quotes: characters with a meaning to either become Python
 * escapes.
 */
function escapedName(path: string): string {
  const name = path.split('/').at(-1) ?? '';
  return name.replace(/[^\p{L}\p{N}._\- ]/gu, (char) => {
    const code = (char.codePointAt(0) as number).toString(16);
    return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`;
  });
}

function adviceFor(file: InputFile): string {
  const name = escapedName(file.path);
  return (
    'a pickle can run code and is never opened. If you trust it, convert it with ' +
    `python -c "import pandas as pd; pd.read_pickle('${name}').to_csv('${name}.csv', index=False)"`
  );
}

function reader(file: InputFile, { sink }: ImportContext, nextRow: () => number): TableReader {
  let [dataset, id, prompt] = [-1, -1, -1];
  let models: { name: string; at: number; cost: number }[] = [];
  return {
    onColumns: (columns) => {
      [dataset, id, prompt] = ['eval_name', 'sample_id', 'prompt'].map((name) => columns.indexOf(name)) as [
        number,
        number,
        number,
      ];
      const places = new Map(columns.map((name, at) => [name, at]));
      models = columns.flatMap((name, at) => {
        const cost = places.get(name + COST) ?? -1;
        return cost >= 0 || places.has(name + ANSWER) ? [{ name, at, cost }] : [];
      });
      if (models.length > 0) return;
      throw badInput({ file: file.path }, `no model column, expected '<model>' beside '<model>${COST}'`);
    },
    onRow: (cells, line) => {
      const place = { file: file.path, line };
      const key = textCell(cells[id], 'sample_id', place);
      const task = textCell(cells[dataset], 'eval_name', place);
      const text = textCell(cells[prompt], 'prompt', place);
      if (key === undefined || task === undefined) throw badInput(place, "no column 'sample_id' or 'eval_name'");
      const asked = text === undefined ? undefined : wellFormed(parsePythonStrings(text)?.join('\n') ?? text);
      const sample = sink.sample({ dataset: task, key, id: key, prompt: asked, row: nextRow(), place });
      for (const { name, at, cost } of models) {
        sink.score(sample, name, 'score', scoreOf(cells[at]), place, {
          costUsd: figureCell(cells[cost], name + COST, place),
        });
      }
    },
  };
}

export const routerBenchImporter: Importer = {
  source: 'routerbench',
  claims: (_file, head) => {
    if (isPickle(head)) return true;
    const columns = headColumns(head);
    return ['sample_id', 'eval_name', 'prompt'].every((name) => columns.includes(name));
  },
  read: async (files, context) => {
    let rows = 0;
    const nextRow = () => rows++;
    const tables: InputFile[] = [];
    const pickles: InputFile[] = [];
    for (const file of files) (isPickle(await headOf(file, context)) ? pickles : tables).push(file);
    const [first] = pickles;
    if (tables.length === 0 && first !== undefined) throw noResults({ file: first.path }, adviceFor(first));
    for (const file of pickles) context.sink.drop('incomplete', { file: file.path }, `: ${adviceFor(file)}`);
    for (const file of tables) {
      await readTable(file, await requiredFormat(file, context), reader(file, context, nextRow), context);
    }
  },
};
