// Reads frontier_2026: results per sample, of models that mostly did not meet the same samples.
import path from 'node:path';
import { numberOf, readJson, readTable } from './tables.mjs';

/** Columns of outcomes.csv.gz that are not models. */
const OTHER_COLUMNS = new Set(['dataset', 'id', 'prompt', 'answer']);

/**
 * Returns { datasets, models, rows }: `datasets` by name, `models` by name with what the folder knows of them, and
 * `rows` of { dataset, id, prompt, outcomes }, where `outcomes` has an entry for each measured model.
 */
export function readFrontier(data) {
  const folder = path.join(data, 'frontier_2026');
  const datasets = new Map(readJson(folder, 'datasets.json').map((entry) => [entry.dataset, entry]));
  const models = new Map(readJson(folder, 'models.json').map((entry) => [entry.name, entry]));
  const rows = readTable(folder, 'outcomes.csv.gz').map((row) => {
    const outcomes = new Map();
    for (const [column, value] of Object.entries(row)) {
      if (!OTHER_COLUMNS.has(column) && value !== '') outcomes.set(column, numberOf(value));
    }
    return { dataset: row.dataset, id: row.id, prompt: row.prompt, outcomes };
  });
  return { datasets, models, rows };
}

/**
 * Returns the output tokens of answers: { task, model, tokens } for each dataset and model, as means over its samples.
 * Only es_practical states them under a licence that lets them ship.
 */
export function readFrontierTokens(data, models) {
  const SOURCE = 'es_practical';
  const names = new Map();
  for (const [name, { columns_used: columns }] of models) if (columns?.[SOURCE]) names.set(columns[SOURCE], name);
  const sums = new Map();
  for (const row of readTable(path.join(data, SOURCE), 'output_tokens.csv.gz')) {
    for (const [column, value] of Object.entries(row)) {
      const model = names.get(column);
      if (model === undefined || value === '') continue;
      const key = `${row.dataset}\n${model}`;
      const [sum, count] = sums.get(key) ?? [0, 0];
      sums.set(key, [sum + Number(value), count + 1]);
    }
  }
  return [...sums].map(([key, [sum, count]]) => {
    const [task, model] = key.split('\n');
    return { benchmark: SOURCE, task, model, tokens: sum / count };
  });
}
