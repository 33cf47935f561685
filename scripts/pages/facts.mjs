// Collects what the pages of models show from the shipped index, by the package's own reader.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../setup.mjs';

/** The default index. */
const INDEX = path.join(root, 'models/index/index.sbx');

/** Short prompts of each kind of everyday work, by which the router predicts the kind's models. */
const EVERYDAY = path.join(root, 'models/everyday/first.jsonl');

/** Reads a sparse matrix of `rows` rows (models/FORMAT.md): per entry its row, its column, and `numbers` floats. */
function readSparse(section, rows, numbers) {
  const view = new DataView(section.buffer, section.byteOffset, section.byteLength);
  const count = view.getUint32(4 * rows, true);
  const columnsAt = 4 * (rows + 1);
  const numbersAt = columnsAt + 2 * (count + (count % 2));
  const out = [];
  for (let row = 0, i = 0; row < rows; ++row) {
    for (const end = view.getUint32(4 * (row + 1), true); i < end; ++i) {
      const values = Array.from({ length: numbers }, (_, n) => view.getFloat32(numbersAt + 4 * (n * count + i), true));
      out.push([row, view.getUint16(columnsAt + 2 * i, true), ...values]);
    }
  }
  return out;
}

const rounded = (value, digits) => Number(value.toFixed(digits));

/** Returns one part of an address for a model's name: letters, digits, dots and hyphens only. `taken` has those in use. */
export function slugOf(name, taken = new Set()) {
  const plain = name
    .toLowerCase()
    .replaceAll('/', '--')
    .replace(/[^a-z0-9.-]+/g, '-')
    .replace(/^[.-]+|[.-]+$/g, '');
  const first = ['', 'index', 'compare', 'template'].includes(plain) ? `model-${plain}` : plain;
  let slug = first;
  for (let n = 2; taken.has(slug); ++n) slug = `${first}-${n}`;
  taken.add(slug);
  return slug;
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Returns the scores [{ task, model, score, questions, outcomes? }] of all measured pairs; `task` and `model` are numbers. */
function scoresOf({ info, samples, scores }) {
  const models = info.models.length;
  const rowsOf = info.tasks.map(() => []);
  samples.tasks.forEach((task, row) => {
    rowsOf[task].push(row);
  });
  const measured = info.tasks.flatMap((_, task) =>
    info.models.flatMap((_model, model) => {
      const outcomes = rowsOf[task].map((row) => samples.outcomes[row * models + model]);
      const known = outcomes.filter((outcome) => !Number.isNaN(outcome));
      if (known.length === 0) return [];
      const each = outcomes.map((outcome) => (Number.isNaN(outcome) ? null : rounded(outcome, 2)));
      return [{ task, model, score: rounded(mean(known), 4), questions: known.length, outcomes: each }];
    }),
  );
  const published = scores.map(([task, model, score, evidence]) => ({
    task,
    model,
    score: rounded(score, 4),
    questions: rounded(evidence, 1),
  }));
  return [...measured, ...published];
}

/** Returns the predicted order of all models for each kind of everyday work, the best first. */
async function kindsOf(router, prompts) {
  const out = [];
  for (const { name, record } of router.info.tasks) {
    if (record?.kind !== 'kind') continue;
    const own = prompts.filter(({ kind }) => `everyday/${kind}` === name).map(({ prompt }) => prompt);
    if (own.length === 0) continue;
    const { ranking } = await router.routeTask(own, { prefer: 'best', neighbours: 1 });
    out.push({ title: record.displayName ?? name, prompts: own.length, order: ranking.map(({ model }) => model) });
  }
  return out;
}

/** Describes a model in the words that pages show. */
function describeModel({ name, record = {}, ...model }, slug, place) {
  return {
    name,
    slug,
    place,
    title: record.displayName ?? name,
    maker: record.maker ?? null,
    released: record.released ?? null,
    openWeights: record.openWeights ?? null,
    context: record.context ?? null,
    input: record.modalities?.in ?? null,
    tools: record.tools ?? null,
    effort: record.effort ?? null,
    huggingFaceId: record.huggingFaceId ?? null,
    paramsB: model.paramsB,
    strength: model.meanOutcome,
    price:
      model.usdPerMTokIn === null || model.usdPerMTokOut === null
        ? null
        : {
            in: model.usdPerMTokIn,
            out: model.usdPerMTokOut,
            cacheRead: model.usdPerMTokCacheRead,
            date: record.price?.date ?? null,
            source: record.price?.source ?? null,
            tiered: record.price?.tiered ?? false,
          },
  };
}

/** Describes tasks that were measured, with their weights in means. */
const describeTask = ({ name, record = {} }, weight) => ({
  name,
  weight,
  title: record.displayName ?? name,
  domain: record.domain ?? 'other',
  benchmark: record.benchmark ?? name,
  measure: record.score ?? 'accuracy',
  source: record.source ?? null,
  date: record.date ?? null,
  licence: record.licence ?? null,
});

/** Brings parts of an index into the form that pages read: see `Facts` in web/site/models/types.ts. */
export function factsOf({ info, samples, scores, weights, kinds }) {
  const taken = new Set();
  const order = info.models.map((_, i) => i).sort((a, b) => info.models[b].meanOutcome - info.models[a].meanOutcome);
  const placeOf = new Map(order.map((model, i) => [model, i + 1]));
  const models = info.models.map((model, i) => describeModel(model, slugOf(model.name, taken), placeOf.get(i)));
  const all = scoresOf({ info, samples, scores });
  const isMeasured = new Set(all.map(({ task }) => task));
  const numbers = info.tasks.flatMap((_, task) => (isMeasured.has(task) ? [task] : []));
  const numberOf = new Map(numbers.map((task, i) => [task, i]));
  const results = models.map(() => []);
  for (const { task, model, ...score } of all) results[model].push({ task: numberOf.get(task), ...score });
  for (const own of results) own.sort((a, b) => a.task - b.task);
  return {
    name: String(info.metadata.name ?? 'index'),
    models,
    tasks: numbers.map((task) => describeTask(info.tasks[task], rounded(weights[task] ?? 1, 4))),
    results,
    kinds: kinds.map(({ order: best, ...kind }) => ({
      ...kind,
      places: models.map(({ name }) => best.indexOf(name) + 1),
    })),
  };
}

/** Reads the facts of the default index. */
export async function readFacts() {
  // The set-up makes the package, which a new checkout does not have.
  const { Router } = await import('../../dist/index.js');
  const file = readFileSync(INDEX);
  const router = await Router.load({ index: file });
  const sectionOf = (wanted) => {
    const { offsetBytes, sizeBytes } = router.info.sections.find(({ name }) => name === wanted);
    return file.subarray(offsetBytes, offsetBytes + sizeBytes);
  };
  const prompts = readFileSync(EVERYDAY, 'utf8').trim().split('\n').map(JSON.parse);
  try {
    const { info } = router;
    return factsOf({
      info,
      samples: await router.samples({ ids: false }),
      scores: readSparse(sectionOf('task_scores'), info.tasks.length, 2),
      weights: info.tasks.map((_, task) => sectionOf('task_weights').readFloatLE(4 * task)),
      kinds: await kindsOf(router, prompts),
    });
  } finally {
    router.dispose();
  }
}
