// Makes the benchmark tasks of the index: those with results per sample, and those known by their means only.
import { evidenceOf, mergeScores } from './evidence.mjs';
import { FRONTIER_MEANS, FRONTIER_TASKS, whyLeftOut } from './frontier-tasks.mjs';
import { groupBy, mean, round, spaced } from './numbers.mjs';
import {
  displayNameOf,
  domainOf,
  isCheckable,
  mayShow,
  nameOf,
  whySetLeftOut,
  whyTaskLeftOut,
} from './published-tasks.mjs';

/** Questions of MMLU-Pro to keep in each category. */
const KNOWLEDGE_ROWS = 60;
/** Longer beginnings of prompts add nothing: the embedder reads at most 512 tokens. */
const QUALITY = ['own', 'kin', 'stand_in', 'none'];

const latest = (dates) => dates.filter(Boolean).sort().at(-1) ?? null;
const benchmarkOf = (name) => name.split('/')[0];

/** Makes tasks with results per sample. `isCurrent` tells whether a model is in the index. */
function rowTasks(frontier, isCurrent) {
  const rowsOf = groupBy(frontier.rows, ({ dataset }) => dataset);
  const used = new Set();
  const tasks = FRONTIER_TASKS.map(({ name, displayName, domain, datasets, cap = Infinity, checkable, texts }) => {
    const parts = datasets.map((dataset) => frontier.datasets.get(dataset));
    const rows = datasets.flatMap((dataset) => {
      used.add(dataset);
      return spaced(rowsOf.get(dataset), cap).map(({ id, prompt, outcomes }) => ({
        id,
        prompt,
        shown: texts,
        set: `frontier_2026:${dataset}`,
        outcomes: new Map([...outcomes].filter(([model]) => isCurrent(model))),
      }));
    });
    const source = parts[0].source;
    const licence = parts[0].licence;
    const record = { displayName, kind: 'samples', domain, licence, source, score: 'accuracy', checkable };
    return { name, benchmark: benchmarkOf(name), ...record, textsMayBeShown: texts, rows, scores: [], sets: [] };
  });
  for (const { datasets } of FRONTIER_MEANS) for (const dataset of datasets) used.add(dataset);
  const leftOut = [...frontier.datasets.values()]
    .filter(({ dataset }) => !used.has(dataset))
    .map((entry) => ({ name: `frontier_2026/${entry.dataset}`, why: whyLeftOut(entry) }));
  return { tasks, leftOut };
}

/** Makes the tasks of frontier_2026 of which only the means are kept. */
function meansOfSamples(frontier, isCurrent) {
  return FRONTIER_MEANS.map(({ name, displayName, domain, datasets, rowsOf, checkable }) => {
    const byModel = new Map();
    for (const row of frontier.rows.filter(({ dataset }) => datasets.includes(dataset))) {
      for (const [model, value] of row.outcomes) {
        if (isCurrent(model)) byModel.set(model, [...(byModel.get(model) ?? []), value]);
      }
    }
    const meta = { benchmark: 'frontier_2026', kind: 'accuracy', reporter: 'independent' };
    const scores = [...byModel].map(([model, values]) => ({
      model,
      score: round(mean(values), 4),
      evidence: evidenceOf(meta, values.length),
    }));
    const { licence, source } = frontier.datasets.get(datasets[0]);
    const record = { displayName, kind: 'means', domain, licence, source, score: 'accuracy', checkable };
    return { name, benchmark: benchmarkOf(name), ...record, textsMayBeShown: false, rows: [], scores, sets: rowsOf };
  });
}

/** Makes the tasks of published_2026, without rows. */
function meanTasks(published, isCurrent) {
  const groups = new Map();
  const leftOut = [];
  for (const [key, task] of published.tasks) {
    const scores = task.scores.filter(({ model }) => isCurrent(model));
    const why = whyTaskLeftOut(key, task, scores.length);
    if (why !== undefined) leftOut.push({ name: `published_2026/${key}`, why });
    else groups.set(nameOf(key), [...(groups.get(nameOf(key)) ?? []), { task, scores }]);
  }
  const tasks = [...groups].map(([name, parts]) => {
    const scores = mergeScores(
      parts.map((part) =>
        part.scores.map(({ model, score, n }) => ({ model, score, evidence: evidenceOf(part.task, n) })),
      ),
    );
    const [{ task }] = parts;
    const unique = (values) => [...new Set(values)].join('; ');
    return {
      name,
      benchmark: benchmarkOf(name),
      displayName: displayNameOf(name),
      kind: 'means',
      domain: domainOf(name, task),
      date: latest(parts.flatMap((part) => part.scores.map(({ date }) => date))),
      licence: unique(parts.map((part) => part.task.licence)),
      source: unique(parts.map((part) => part.task.benchmark)),
      score: task.kind,
      checkable: parts.every((part) => isCheckable(part.task)),
      textsMayBeShown: false,
      rows: [],
      scores,
      quality: task.prompt_quality,
      sets: [...new Set(parts.flatMap((part) => part.task.prompts.map(({ file, set }) => setName(file, set))))],
      merged: parts.length,
    };
  });
  return { tasks, leftOut };
}

const setName = (file, set) => (file === 'prompts.csv.gz' ? set : `${file}:${set}`);

/** Gives each usable prompt to one task: the one that it stands for best. Other tasks share it by their centroids. */
function givePrompts(tasks, published, knowledge) {
  const leftOut = [];
  const rowsOf = groupBy(published.prompts, ({ set }) => set);
  for (const [set, rows] of groupBy(knowledge, (row) => row.set)) rowsOf.set(set, spaced(rows, KNOWLEDGE_ROWS));
  const owners = new Map();
  for (const task of tasks.filter(({ kind }) => kind === 'means')) {
    for (const set of task.sets) owners.set(set, [...(owners.get(set) ?? []), task]);
  }
  const seen = new Set(tasks.flatMap(({ rows }) => rows.map(({ prompt }) => prompt)));
  for (const [set, rows] of [...rowsOf].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const licence = set.startsWith('../openllm_v2:') ? { licence: 'Apache-2.0' } : published.sets.get(set);
    const why = whySetLeftOut(licence) ?? (/^varies/.test(licence.licence) ? 'licence varies' : undefined);
    const candidates = owners.get(set);
    if (why !== undefined || candidates === undefined) {
      leftOut.push({ name: `prompts/${set}`, why: why ?? 'stands for no task of the index' });
      continue;
    }
    const [owner] = candidates.toSorted(
      (a, b) =>
        QUALITY.indexOf(a.quality) - QUALITY.indexOf(b.quality) ||
        a.sets.length - b.sets.length ||
        (a.name < b.name ? -1 : 1),
    );
    const shown = mayShow(licence);
    for (const { id, prompt } of rows) {
      if (seen.has(prompt)) continue;
      seen.add(prompt);
      owner.rows.push({ id: `${set.replace(/^.*:/, '')}/${id}`, prompt, shown, set, outcomes: new Map() });
    }
    owner.textsMayBeShown ||= shown;
  }
  return leftOut;
}

/** Gives every task its weight: the tasks of a domain share the square root of their number. */
function weigh(tasks) {
  const inDomain = groupBy(tasks, ({ domain }) => domain);
  for (const task of tasks) task.weight = round(1 / Math.sqrt(inDomain.get(task.domain).length), 6);
}

/** Returns { tasks, leftOut }: the benchmark tasks with their rows and scores, and what was left out and why. */
export function makeTasks({ frontier, published, knowledge }, isCurrent) {
  const samples = rowTasks(frontier, isCurrent);
  const means = meanTasks(published, isCurrent);
  const tasks = [...samples.tasks, ...meansOfSamples(frontier, isCurrent), ...means.tasks];
  const prompts = givePrompts(tasks, published, knowledge);
  weigh(tasks);
  return { tasks, leftOut: [...samples.leftOut, ...means.leftOut, ...prompts] };
}
