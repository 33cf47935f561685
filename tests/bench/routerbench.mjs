// The part of RouterBench that has the cost of every call: a router built from one half of its rows, and the other half.
import path from 'node:path';
import { buildIndex } from '../../dist/build.js';
import { readData } from '../../dist/evaluation/disk/read-data.js';
import { Random } from '../../dist/evaluation/random.js';
import { Router, StaticEmbedder } from '../../dist/index.js';
import { promptTokensOf } from '../../dist/routing/prompt-tokens.js';
import { embed } from './plan-data.mjs';

/** US dollars per million tokens of input and output, as the benchmark counted them. */
export const PRICES = {
  'WizardLM/WizardLM-13B-V1.2': [0.3, 0.3],
  'claude-instant-v1': [0.8, 2.4],
  'claude-v1': [8, 24],
  'claude-v2': [8, 24],
  'gpt-3.5-turbo-1106': [1, 2],
  'gpt-4-1106-preview': [10, 30],
  'meta/code-llama-instruct-34b-chat': [0.776, 0.776],
  'meta/llama-2-70b-chat': [0.9, 0.9],
  'mistralai/mistral-7b-chat': [0.2, 0.2],
  'mistralai/mixtral-8x7b-chat': [0.6, 0.6],
  'zero-one-ai/Yi-34B-Chat': [0.8, 0.8],
};

export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Shuffles a copy. */
export function shuffled(list, random) {
  const out = [...list];
  for (let i = out.length - 1; i > 0; --i) {
    const j = random.below(i + 1);
    [out[i], out[j]] = [out[j], out[i]];
  }
  return out;
}

/** Lengths of answers by task, and by model relative to the others, from what calls cost. */
function answerTokens(rows, tasks, models) {
  const lengths = rows.map(({ prompt, costs }) =>
    models.map(({ usdPerMTokIn, usdPerMTokOut }, m) =>
      Math.max(1, (costs[m] * 1e6 - usdPerMTokIn * promptTokensOf(prompt)) / usdPerMTokOut),
    ),
  );
  const ofTask = tasks.map((task) => mean(lengths.filter((_, i) => rows[i].task === task).map(mean)));
  const expected = rows.map(({ task }) => ofTask[tasks.indexOf(task)]);
  return { tasks: ofTask, models: models.map((_, m) => mean(lengths.map((of, i) => of[m] / expected[i]))) };
}

/**
 * Reads DIR/routerbench_subset and builds a router from a random half of the rows. Returns it with the embedder, both of
 * which the caller disposes of, the other half, and the models.
 */
export async function readRouterBench(root, seed = 1) {
  const folder = path.join(root, 'routerbench_subset');
  const data = await readData({
    data: path.join(folder, 'outcomes.csv.gz'),
    models: path.join(folder, 'models.json'),
    costs: path.join(folder, 'cost_usd.csv.gz'),
  });
  const models = data.models.map(({ name }) => ({
    name,
    usdPerMTokIn: PRICES[name][0],
    usdPerMTokOut: PRICES[name][1],
    usdPerMTokCacheRead: PRICES[name][0] / 10,
  }));
  const width = models.length;
  const rows = [...data.ids.keys()]
    .map((row) => ({
      task: data.taskNames[data.rowTasks[row]],
      prompt: data.prompts[row],
      outcomes: [...data.outcomes.subarray(row * width, (row + 1) * width)],
      costs: [...data.costs.subarray(row * width, (row + 1) * width)],
    }))
    .filter(({ outcomes }) => !outcomes.some(Number.isNaN));
  const mixed = shuffled(rows, new Random(seed));
  const [known, rest] = [mixed.slice(0, mixed.length / 2), mixed.slice(mixed.length / 2)];
  const tasks = [...new Set(known.map(({ task }) => task))];
  const embedder = await StaticEmbedder.load();
  const index = await buildIndex({
    models,
    tasks: known.map(({ task }) => task),
    dim: embedder.dim,
    embedder,
    embeddings: await embed(
      embedder,
      known.map(({ prompt }) => prompt),
    ),
    outcomes: Float32Array.from(known.flatMap(({ outcomes }) => outcomes)),
    answerTokens: answerTokens(known, tasks, models),
  });
  const router = await Router.load({ index, embedder });
  return { router, embedder, known, rest, models: models.map(({ name }) => name) };
}

/** Accuracy and real cost of one answer, as means over rows; `picks`: the model of each row. */
export function resultOf(rows, picks, models) {
  const at = picks.map((model) => models.indexOf(model));
  return {
    accuracy: mean(rows.map(({ outcomes }, i) => outcomes[at[i]])),
    usd: mean(rows.map(({ costs }, i) => costs[at[i]])),
  };
}
