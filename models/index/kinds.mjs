// Makes the tasks for kinds of everyday work: their links to the benchmark tasks that measure them, and their rows.
import { readFileSync } from 'node:fs';
import { mean, round, sum } from './numbers.mjs';

/** Logits with which the mean model does a prompt of levels 1 to 5 well: a judgement, as no outcomes are known. */
const LEVELS = [3.5, 2.2, 1, -0.2, -1.2];
/** Scores of a task whose evidence counts as half of what it could be. */
const HALF = 30;
const MODELS = 100;

export const readKinds = () => JSON.parse(readFileSync(new URL('kinds.json', import.meta.url), 'utf8'));

function matches(pattern, { name, domain }) {
  if (pattern.startsWith('domain:')) return domain === pattern.slice('domain:'.length);
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

/** Returns how much a task's scores say, 0 to 1: how many current models it has, and how much each score is worth. */
export function evidenceShare({ rows, scores, kind }) {
  const each = kind === 'samples' ? rows.length : mean(scores.map(({ evidence }) => evidence));
  const models =
    kind === 'samples' ? new Set(rows.flatMap(({ outcomes }) => [...outcomes.keys()])).size : scores.length;
  return (each / (each + HALF)) * Math.sqrt(Math.min(1, models / MODELS));
}

/**
 * Returns the links of a kind: [task, weight]. A pattern's nearness is shared by the tasks that it matches in
 * proportion to their evidence; together they count as the square root of the sum, so that a domain of many tasks does
 * not drown a single near one.
 */
export function linksOf(kind, tasks) {
  const links = new Map();
  for (const [pattern, near] of Object.entries(kind.links)) {
    const matched = tasks.filter((task) => matches(pattern, task));
    if (matched.length === 0) throw new Error(`${kind.name}: no task matches ${pattern}`);
    const total = sum(matched.map(evidenceShare));
    for (const task of matched) {
      const weight = (near * evidenceShare(task)) / Math.sqrt(total);
      links.set(task, Math.max(links.get(task) ?? 0, weight));
    }
  }
  return [...links].map(([task, weight]) => [task, round(weight, 4)]);
}

/** Returns the mean logit of the tasks that a kind leads to: the level of its work. */
export function levelOf(links, levelOfTask) {
  return sum(links.map(([task, weight]) => weight * levelOfTask(task))) / sum(links.map(([, weight]) => weight));
}

/**
 * Returns the output tokens that the median model bills for an answer of this length: it reasons before it answers. On
 * the practical tests of es_practical, answers of 100 to 300 tokens are billed as 200 to 900.
 */
const billed = (tokens) => 2 * tokens + 100;

/** Makes the tasks of the kinds, after those of the benchmarks. `levelOfTask` is the mean logit of the models on a task. */
export function makeKinds(kinds, everyday, tasks, levelOfTask) {
  return kinds.map((kind) => {
    const links = linksOf(kind, tasks);
    const own = levelOf(links, levelOfTask);
    const rows = everyday
      .filter((row) => row.kind === kind.name)
      .map(({ id, prompt, level }) => {
        const offset = level === null ? 0 : LEVELS[level - 1] - own;
        return { id, prompt, shown: true, set: 'everyday', level, outcomes: new Map(), offset };
      });
    return {
      name: `everyday/${kind.name}`,
      benchmark: 'everyday',
      displayName: kind.label,
      kind: 'kind',
      domain: 'everyday work',
      licence: 'Apache-2.0',
      source: 'signalbox',
      checkable: kind.checkable,
      ...(kind.needs && { needs: kind.needs }),
      textsMayBeShown: true,
      answerTokens: billed(kind.answerTokens),
      weight: 0,
      links,
      rows,
      scores: [],
      sets: [],
    };
  });
}
