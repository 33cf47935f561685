// Measures a judge for cascades: the agreement of a cheap answer with another cheap one, its price counted.
//   npm run bench -- judges --data DIR [--seed 1] [--draws 10] [--json]
// DIR holds originals/routerbench (mbpp and winogrande, with answers and costs) and originals/routellm
// (gsm8k_responses: two models, no costs). The data are split in halves, in several ways: on the first half a router is
// built and judges are learned, the second half is routed.
//   cascades: a cheap model answers, another cheap one answers, too, and `next` decides by their agreement (`agreementOf`)
//             whether the strong one is asked. The trio and the cost weight are chosen on the first half: the most accurate
//             that costs at most half as much as the strong model alone. Beside it, at the cost that it had: a share of
//             prompts drawn at random goes to the strong model, the others to the cheap one ("mixed"); the same choice
//             by what the router predicts, without a judge ("predicted"); and a judge without errors and price ("perfect").
//   gsm8k: how well agreement with the strong model tells right answers of the cheap one from wrong ones.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { buildIndex } from '../../dist/build.js';
import { Random } from '../../dist/evaluation/random.js';
import { parsePythonStrings } from '../../dist/importing/python-literal.js';
import { agreementOf, learnJudge, Router, StaticEmbedder, verdictOf } from '../../dist/index.js';
import { parse } from '../../dist/vendor/csv-sync-node.js';
import { embed } from './plan-data.mjs';
import { mean, PRICES, shuffled } from './routerbench.mjs';
import { table } from './table.mjs';

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    seed: { type: 'string', default: '1' },
    draws: { type: 'string', default: '10' },
    json: { type: 'boolean', default: false },
  },
});

const STRONG = 'gpt-4-1106-preview';
/** Cheap models: an answer of each costs less than a tenth of one of the strong model. */
const CHEAP = [
  'mistralai/mistral-7b-chat',
  'WizardLM/WizardLM-13B-V1.2',
  'mistralai/mixtral-8x7b-chat',
  'gpt-3.5-turbo-1106',
  'zero-one-ai/Yi-34B-Chat',
];
const WEIGHTS = [0, 0.001, 0.003, 0.01, 0.02, 0.04, 0.08];

const rowsOf = (file) => parse(gunzipSync(readFileSync(file)).toString(), { columns: true, relax_quotes: true });
/** The files hold texts as Python writes lists of them. */
const literal = (text) => parsePythonStrings(text)?.[0] ?? text;

/** Returns the rows of a task with what each model answered, whether that is right, and what it cost. */
function readTask(file) {
  return rowsOf(file).map((row) => {
    const of = (suffix, make) =>
      Object.fromEntries([...CHEAP, STRONG].map((model) => [model, make(row[`${model}${suffix}`])]));
    return {
      prompt: literal(row.prompt),
      answers: of('|model_response', literal),
      right: of('', Number),
      usd: of('|total_cost', Number),
    };
  });
}

/** Adds the agreement of each pair of cheap models. */
async function withAgreements(rows, embedder) {
  for (const row of rows) {
    row.agreement = {};
    for (const [i, a] of CHEAP.entries()) {
      for (const b of CHEAP.slice(0, i)) {
        const score = await agreementOf(embedder, row.answers[a], row.answers[b]);
        row.agreement[`${a} ${b}`] = score;
        row.agreement[`${b} ${a}`] = score;
      }
    }
  }
}

async function routerOf(rows, embedder) {
  const models = [...CHEAP, STRONG];
  const index = await buildIndex({
    models: models.map((name) => ({ name, usdPerMTokIn: PRICES[name][0], usdPerMTokOut: PRICES[name][1] })),
    tasks: rows.map(() => 'task'),
    dim: embedder.dim,
    embedder,
    embeddings: await embed(
      embedder,
      rows.map(({ prompt }) => prompt),
    ),
    outcomes: Float32Array.from(rows.flatMap(({ right }) => models.map((model) => right[model]))),
  });
  return Router.load({ index, embedder });
}

const total = (rows, of) => ({
  accuracy: mean(rows.map((row) => of(row).right)),
  usd: mean(rows.map((row) => of(row).usd)),
});

/** Follows the cascade of each row: `plans` by row, the judge of the pair. Returns the accuracy and the cost of an answer. */
function follow(router, rows, plans, { cheap, other, judge }) {
  return total(rows, (row) => {
    const { keep, step } = router.next(plans.get(row), verdictOf(judge, row.agreement[`${cheap} ${other}`]));
    const usd = row.usd[cheap] + row.usd[other];
    if (step === null) return { right: row.right[keep.model], usd };
    return { right: row.right[STRONG], usd: usd + row.usd[STRONG] };
  });
}

/** Asks the strong model for the share of rows that costs as much: those that come first. */
function upTo(rows, cheap, usd, order) {
  const sorted = [...rows].sort(order);
  const budget = usd * rows.length;
  let spent = rows.reduce((sum, row) => sum + row.usd[cheap], 0);
  const strong = new Set();
  for (const row of sorted) {
    const step = row.usd[STRONG] - row.usd[cheap];
    if (spent + step > budget) break;
    strong.add(row);
    spent += step;
  }
  return total(rows, (row) => ({
    right: row.right[strong.has(row) ? STRONG : cheap],
    usd: row.usd[strong.has(row) ? STRONG : cheap],
  }));
}

/** Mixes the cheap and the strong model at random, to cost as much. */
function mixed(rows, cheap, usd) {
  const [low, high] = [cheap, STRONG].map((model) =>
    total(rows, (row) => ({ right: row.right[model], usd: row.usd[model] })),
  );
  const share = Math.min(1, Math.max(0, (usd - low.usd) / (high.usd - low.usd)));
  return low.accuracy + share * (high.accuracy - low.accuracy);
}

async function plansFor(router, rows, vectors, cheap, costWeight) {
  const plans = new Map();
  for (const [i, row] of rows.entries())
    plans.set(row, await router.cascade(vectors[i], { models: [cheap, STRONG], costWeight }));
  return plans;
}

async function measure(name, rows, embedder, draws) {
  await withAgreements(rows, embedder);
  const runs = [];
  for (let draw = 0; draw < draws; ++draw) {
    const order = shuffled(rows, new Random(Number(options.seed) + draw));
    const [known, rest] = [order.slice(0, order.length / 2), order.slice(order.length / 2)];
    const router = await routerOf(known, embedder);
    const strongAlone = total(known, (row) => ({ right: row.right[STRONG], usd: row.usd[STRONG] }));
    let best;
    const vectorsOf = (of) => router.embed(of.map(({ prompt }) => prompt));
    const [knownVectors, restVectors] = [await vectorsOf(known), await vectorsOf(rest)];
    for (const cheap of CHEAP) {
      for (const costWeight of WEIGHTS) {
        const plans = await plansFor(router, known, knownVectors, cheap, costWeight);
        if ([...plans.values()].some(({ steps }) => steps.length < 2)) continue;
        for (const other of CHEAP) {
          if (other === cheap) continue;
          const judged = known.map((row) => ({
            score: row.agreement[`${cheap} ${other}`],
            correct: row.right[cheap] >= 0.5,
          }));
          const way = { cheap, other, costWeight, judge: learnJudge(judged) };
          const result = follow(router, known, plans, way);
          if (result.usd <= strongAlone.usd / 2 && (best === undefined || result.accuracy > best.result.accuracy))
            best = { ...way, result };
        }
      }
    }
    const { cheap, costWeight, judge, other } = best;
    const plans = await plansFor(router, rest, restVectors, cheap, costWeight);
    const cascade = follow(router, rest, plans, best);
    const chance = new Map(rest.map((row) => [row, plans.get(row).steps[0].pCorrect]));
    const alone = (model) => total(rest, (row) => ({ right: row.right[model], usd: row.usd[model] }));
    runs.push({
      cheap: alone(cheap),
      strong: alone(STRONG),
      cascade,
      mixed: mixed(rest, cheap, cascade.usd),
      predicted: upTo(rest, cheap, cascade.usd, (a, b) => chance.get(a) - chance.get(b)).accuracy,
      perfect: upTo(rest, cheap, cascade.usd, (a, b) => a.right[cheap] - b.right[cheap]).accuracy,
      judge,
      pair: `${cheap} + ${other}`,
    });
    router.dispose();
  }
  const of = (get) => mean(runs.map(get));
  return {
    name,
    rows: rows.length,
    cheap: of((run) => run.cheap.accuracy),
    strong: of((run) => run.strong.accuracy),
    cost: of((run) => run.cascade.usd / run.strong.usd),
    cascade: of((run) => run.cascade.accuracy),
    mixed: of((run) => run.mixed),
    predicted: of((run) => run.predicted),
    perfect: of((run) => run.perfect),
    sensitivity: of((run) => run.judge.sensitivity),
    specificity: of((run) => run.judge.specificity),
    pairs: [...new Set(runs.map(({ pair }) => pair))],
  };
}

/** Learns on one half how well agreement with the strong model tells right answers, and checks it on the other. */
async function gsm8k(file, embedder) {
  const cheap = 'mistralai/Mixtral-8x7B-Instruct-v0.1';
  const rows = [];
  for (const row of rowsOf(file)) {
    rows.push({
      score: await agreementOf(embedder, row[`${cheap}_response`], row[`${STRONG}_response`]),
      correct: row[cheap] === 'True',
    });
  }
  const order = shuffled(rows, new Random(Number(options.seed)));
  const judge = learnJudge(order.slice(0, order.length / 2));
  const check = learnJudge(order.slice(order.length / 2));
  return {
    rows: rows.length,
    base: judge.base,
    sensitivity: judge.sensitivity,
    specificity: judge.specificity,
    checked: [check.sensitivity, check.specificity],
  };
}

if (options.data === undefined) throw new Error('--data DIR is missing');
const place = (name) => path.join(options.data, 'originals', name);
const embedder = await StaticEmbedder.load();
try {
  const draws = Number(options.draws);
  const cascades = [];
  for (const [name, file] of [
    ['winogrande', 'winograde_test'],
    ['mbpp', 'mbpp_test'],
  ]) {
    cascades.push(await measure(name, readTask(place(`routerbench/${file}.csv.gz`)), embedder, draws));
  }
  const agreement = await gsm8k(place('routellm/gsm8k_responses.csv.gz'), embedder);
  if (options.json) process.stdout.write(`${JSON.stringify({ cascades, gsm8k: agreement }, null, 2)}\n`);
  else {
    const four = (value) => value.toFixed(4);
    console.log(
      table(
        [
          'task',
          'rows',
          'cheap',
          'strong',
          'cost / strong',
          'judged',
          'mixed',
          'predicted',
          'perfect',
          'sens.',
          'spec.',
        ],
        cascades.map((row) => [
          row.name,
          String(row.rows),
          four(row.cheap),
          four(row.strong),
          row.cost.toFixed(3),
          four(row.cascade),
          four(row.mixed),
          four(row.predicted),
          four(row.perfect),
          row.sensitivity.toFixed(2),
          row.specificity.toFixed(2),
        ]),
      ),
    );
    for (const { name, pairs } of cascades) console.log(`${name}: ${pairs.join(', ')}`);
    console.log(`gsm8k, ${agreement.rows} rows: ${JSON.stringify(agreement)}`);
  }
} finally {
  embedder.dispose();
}
