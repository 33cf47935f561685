// Reads published_2026: scores of whole tasks, and prompts that stand for the tasks.
import path from 'node:path';
import { numberOf, readJson, readTable } from './tables.mjs';

const FOLDER = 'published_2026';

/** Returns a task's key: its benchmark and its own name, which is unique only within the benchmark. */
export const keyOf = ({ benchmark, task }) => `${benchmark}/${task}`;

/**
 * Returns { tasks, models, sets, prompts }: `tasks` by key, each with `scores`, a list of { model, score, n, date } of
 * the picked effort; `models` by name; `sets` by name with their licence; `prompts` of { set, id, prompt }.
 */
export function readPublished(data) {
  const folder = path.join(data, FOLDER);
  const tasks = new Map(readJson(folder, 'tasks.json').map((entry) => [keyOf(entry), { ...entry, scores: [] }]));
  for (const row of readTable(folder, 'scores.csv.gz')) {
    if (row.pick !== '1') continue;
    const cell = { model: row.model, score: Number(row.score), n: numberOf(row.n), date: row.date };
    tasks.get(keyOf(row)).scores.push(cell);
  }
  const models = new Map(readJson(folder, 'models.json').map((entry) => [entry.name, entry]));
  const sets = new Map(Object.entries(readJson(folder, 'prompt_sets.json')));
  return { tasks, models, sets, prompts: readTable(folder, 'prompts.csv.gz') };
}

/** Returns the questions of MMLU-Pro, which stand for tasks of published_2026: { set, id, prompt }. */
export function readKnowledgePrompts(data) {
  const rows = readTable(path.join(data, 'openllm_v2'), 'outcomes.csv.gz');
  return rows
    .filter(({ dataset }) => dataset.startsWith('mmlu_pro_'))
    .map(({ dataset, id, prompt }) => ({ set: `../openllm_v2:${dataset}`, id, prompt }));
}

/** Returns the mean output tokens of LiveBench's answers: { benchmark, task, model, tokens }. */
export function readPublishedTokens(data) {
  const rows = readTable(path.join(data, FOLDER), 'costs.csv.gz');
  return rows
    .filter((row) => Number(row.output_tokens) > 0)
    .map(({ benchmark, task, model, output_tokens: tokens }) => ({ benchmark, task, model, tokens: Number(tokens) }));
}
