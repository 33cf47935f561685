// How many outcomes a published score is worth, and scores of tasks that are merged.
import { groupBy, logit, mean, round, sigmoid, sum } from './numbers.mjs';

/** Questions of benchmarks that do not state them; the order of size is all that matters. */
const QUESTIONS = {
  bfcl_v4: 200,
  epoch_compiled: 100,
  euroeval: 100,
  helm_capabilities: 500,
  livebench: 50,
  livebench_agentic_2026_01: 25,
  swallow_en_mtb: 10,
  swallow_ja_mtb: 10,
  swallow_en_post: 200,
  swallow_ja_post: 200,
  tau2_bench: 100,
  arena_text_style_control: 500,
  arena_webdev: 500,
};

/** More questions do not make a score say more about other questions: harness and prompt style stay the same. */
const MOST = 200;
const MOST_MERGED = 300;
const LEAST = 4;

/** A grade says less than an answer that was right or wrong, and a rating against a panel is compressed. */
const KIND = { accuracy: 1, graded: 0.7, elo: 0.5 };
const REPORTER = { independent: 1, crowd: 1, compiled: 0.5 };

/** Returns the evidence of one score of a task. */
export function evidenceOf({ benchmark, kind, reporter }, n) {
  const questions = Math.min(n ?? QUESTIONS[benchmark] ?? 100, MOST);
  return Math.max(LEAST, questions * KIND[kind] * REPORTER[reporter]);
}

const ROUNDS = 30;

/**
 * Merges the scores of tasks: in logits, each task has an effect and each model a level; a model's merged score is its
 * level at the mean task. So a model that met only the easy parts is not flattered. Returns { model, score, evidence }.
 */
export function mergeScores(parts) {
  if (parts.length === 1)
    return parts[0].map(({ model, score, evidence }) => ({ model, score, evidence: round(evidence, 1) }));
  const cells = parts.flatMap((scores, part) =>
    scores.map(({ model, score, evidence }) => ({ part, model, value: logit(score), evidence })),
  );
  const effects = new Array(parts.length).fill(0);
  const models = groupBy(cells, ({ model }) => model);
  const levels = new Map();
  for (let i = 0; i < ROUNDS; ++i) {
    for (const [model, own] of models) {
      const weight = sum(own.map(({ evidence }) => evidence));
      levels.set(model, sum(own.map(({ part, value, evidence }) => (value - effects[part]) * evidence)) / weight);
    }
    for (const part of effects.keys()) {
      const own = cells.filter((cell) => cell.part === part);
      effects[part] = mean(own.map(({ model, value }) => value - levels.get(model)));
    }
  }
  const middle = mean(effects);
  return [...models]
    .map(([model, own]) => ({
      model,
      score: round(sigmoid(levels.get(model) + middle), 4),
      evidence: round(Math.min(MOST_MERGED, sum(own.map(({ evidence }) => evidence))), 1),
    }))
    .sort((a, b) => (a.model < b.model ? -1 : 1));
}
