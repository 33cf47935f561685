// Measures budgets: what a fixed sum of money buys on a batch, and how closely a pacer keeps to it on a stream.
//   npm run bench -- budgets --data DIR [--seed 1] [--draws 20] [--window 500] [--json]
// DIR holds routerbench_subset. A router is built from a random half of the rows, with lengths of answers from their costs;
// the other half is routed. Real costs are those of the calls.
//   batch: `routeMany` with `budgetUsd`, beside the best mixture of two single models that costs as much (chosen on the
//          known half, so that it is a fair alternative), and the most that any choice could reach.
//   stream: shuffled rows in windows of 500, one after the other; and the same rows in an order by task. Beside it, the
//          cost weight that would have spent the budget on average, held fixed.
import process from 'node:process';
import { parseArgs } from 'node:util';
import { Random } from '../../dist/evaluation/random.js';
import { Pacer } from '../../dist/index.js';
import { mean, readRouterBench, resultOf, shuffled } from './routerbench.mjs';
import { table } from './table.mjs';

/** Returns the costs of all prompts with the cheapest and with the dearest model alone. */
function costsOfOneModel(known, models) {
  const costs = models.map((model) => resultOf(known, Array(known.length).fill(model), models).usd);
  return [Math.min(...costs), Math.max(...costs)];
}

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    seed: { type: 'string', default: '1' },
    draws: { type: 'string', default: '20' },
    window: { type: 'string', default: '500' },
    json: { type: 'boolean', default: false },
  },
});

const WINDOW = Number(options.window);
/** Budgets as shares of the way from the cheapest to the dearest model. */
const SHARES = [0.05, 0.1, 0.2, 0.4, 0.7];

/** Returns the best accuracy on `rest` of a mixture of two single models, chosen on `known`, that costs `usd` an answer. */
function mixture({ known, rest, models }, usd) {
  const of = (rows) =>
    models.map((model) =>
      resultOf(
        rows,
        rows.map(() => model),
        models,
      ),
    );
  const [seen, real] = [of(known), of(rest)];
  let best = { expected: -1 };
  for (const [a, low] of seen.entries()) {
    for (const [b, high] of seen.entries()) {
      if (low.usd > usd || high.usd < low.usd) continue;
      const share = a === b ? 0 : Math.min(1, (usd - low.usd) / Math.max(1e-12, high.usd - low.usd));
      const expected = low.accuracy * (1 - share) + high.accuracy * share;
      if (expected > best.expected) best = { expected, share, a, b };
    }
  }
  const blend = (key) => real[best.a][key] * (1 - best.share) + real[best.b][key] * best.share;
  return { accuracy: blend('accuracy'), usd: blend('usd') };
}

async function batches(bench) {
  const { router, rest, models, known } = bench;
  const prompts = rest.map(({ prompt }) => prompt);
  const [low, high] = costsOfOneModel(known, models);
  const out = [];
  for (const share of SHARES) {
    const perAnswer = low + share * (high - low);
    const budgetUsd = perAnswer * rest.length;
    const decisions = await router.routeMany(prompts, { budgetUsd, neighbours: 0 });
    const expected = decisions.reduce((sum, { price }) => sum + price.usdPerAnswer, 0);
    const { accuracy, usd } = resultOf(
      rest,
      decisions.map(({ model }) => model),
      models,
    );
    const without = mixture(bench, usd);
    out.push({
      budgetUsd,
      expected: expected / budgetUsd,
      real: (usd * rest.length) / budgetUsd,
      accuracy,
      usd,
      mixture: without,
    });
  }
  return out;
}

/** Spends on a stream of rows; returns the share of each window's budget that was really spent, and the accuracy. */
function paced(rows, decisions, models, windowUsd) {
  const pacer = new Pacer({ usd: windowUsd, answers: WINDOW });
  const shares = [];
  const right = [];
  let refused = 0;
  for (let first = 0; first + WINDOW <= rows.length; first += WINDOW) {
    if (first > 0) pacer.startWindow();
    for (let i = first; i < first + WINDOW; ++i) {
      const pick = pacer.pick(decisions[i]);
      if (pick === null) refused += 1;
      else {
        const m = models.indexOf(pick.model);
        pacer.spent(pick, rows[i].costs[m]);
        right.push(rows[i].outcomes[m]);
      }
    }
    shares.push(1 - pacer.leftUsd / windowUsd);
  }
  return { shares, right: right.reduce((sum, value) => sum + value, 0), refused };
}

/** Picks with one weight of money for all rows, found by bisection so that the stream costs the budget on average. */
function fixedWeight(rows, decisions, models, usdPerAnswer) {
  const picksAt = (weight) =>
    decisions.map(
      ({ ranking }) =>
        ranking.reduce((a, b) => (b.pCorrect - weight * b.usdPerAnswer > a.pCorrect - weight * a.usdPerAnswer ? b : a))
          .model,
    );
  let [low, high] = [0, 1e6];
  for (let i = 0; i < 60; ++i) {
    const weight = (low + high) / 2;
    if (resultOf(rows, picksAt(weight), models).usd > usdPerAnswer) low = weight;
    else high = weight;
  }
  return { picks: picksAt(high) };
}

async function streams({ router, rest, models, known }, draws) {
  const [low, high] = costsOfOneModel(known, models);
  const prompts = rest.map(({ prompt }) => prompt);
  const all = await router.routeMany(prompts, { prefer: 'best', neighbours: 0 });
  const out = [];
  for (const order of ['shuffled', 'by task']) {
    for (const share of SHARES) {
      const usdPerAnswer = low + share * (high - low);
      const shares = [];
      const right = [];
      const worst = [];
      const fixed = [];
      let refused = 0;
      for (let draw = 0; draw < draws; ++draw) {
        let places = shuffled(
          rest.map((_, i) => i),
          new Random(1000 + draw),
        );
        if (order === 'by task') places = places.sort((a, b) => rest[a].task.localeCompare(rest[b].task));
        const rows = places.map((i) => rest[i]);
        const decisions = places.map((i) => all[i]);
        const used = rows.length - (rows.length % WINDOW);
        const run = paced(rows, decisions, models, usdPerAnswer * WINDOW);
        shares.push(mean(run.shares));
        worst.push(Math.max(...run.shares));
        right.push(run.right / used);
        refused += run.refused;
        const { picks } = fixedWeight(rows.slice(0, used), decisions.slice(0, used), models, usdPerAnswer);
        const costs = picks.map((model, i) => rows[i].costs[models.indexOf(model)]);
        const windows = Array.from(
          { length: used / WINDOW },
          (_, w) => costs.slice(w * WINDOW, (w + 1) * WINDOW).reduce((a, b) => a + b, 0) / (usdPerAnswer * WINDOW),
        );
        fixed.push({ worst: Math.max(...windows), ...resultOf(rows.slice(0, used), picks, models) });
      }
      out.push({
        order,
        usdPerAnswer,
        spent: mean(shares),
        worst: Math.max(...worst),
        accuracy: mean(right),
        refused: refused / (draws * (rest.length - (rest.length % WINDOW))),
        fixedWorst: Math.max(...fixed.map(({ worst: share_ }) => share_)),
        fixedAccuracy: mean(fixed.map(({ accuracy }) => accuracy)),
      });
    }
  }
  return out;
}

if (options.data === undefined) throw new Error('--data DIR is missing');
const bench = await readRouterBench(options.data, Number(options.seed));
try {
  const results = { batch: await batches(bench), stream: await streams(bench, Number(options.draws)) };
  if (options.json) {
    process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
  } else {
    const percent = (share) => `${(100 * share).toFixed(2)}%`;
    console.log(`A batch of ${bench.rest.length} prompts\n`);
    console.log(
      table(
        ['budget', 'expected', 'real', 'accuracy', 'two models mixed'],
        results.batch.map(({ budgetUsd, expected, real, accuracy, mixture: without }) => [
          `$${budgetUsd.toFixed(2)}`,
          percent(expected),
          percent(real),
          accuracy.toFixed(4),
          without.accuracy.toFixed(4),
        ]),
      ),
    );
    console.log(
      `\nA stream in windows of ${WINDOW}: spent of the budget on average, in the worst window; with a fixed weight\n`,
    );
    console.log(
      table(
        ['order', '$ / 1000', 'spent', 'worst', 'accuracy', 'not answered', 'fixed: worst', 'accuracy'],
        results.stream.map((row) => [
          row.order,
          (1000 * row.usdPerAnswer).toFixed(2),
          percent(row.spent),
          percent(row.worst),
          row.accuracy.toFixed(4),
          percent(row.refused),
          percent(row.fixedWorst),
          row.fixedAccuracy.toFixed(4),
        ]),
      ),
    );
  }
} finally {
  bench.router.dispose();
  bench.embedder.dispose();
}
