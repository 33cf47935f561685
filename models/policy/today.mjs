// Measures the policy on an index of today's models, with tasks and whole benchmarks held out, and prints the tables of
// docs/results.md:
//   node models/policy/today.mjs [--index FILE] [--seed N] [--constants] [--temperatures .05,.1]
// The forecasts are those of the core, in the lab's module; the package must be built (npm run build). Without --index
// it reads the default index. --constants also chooses the constants anew for each benchmark, which takes minutes;
// --temperatures chooses the temperature alone so, from these values.
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { chooseConstants, GRID } from './today/constants.mjs';
import { dialPicks, holdOutRows, holdOutTasks, picksUnder, scoredTasks } from './today/held-out.mjs';
import { auroc, ByBenchmark, calibrationError, overGroups, weightedMean } from './today/measures.mjs';
import { openStudy } from './today/study.mjs';

const LIMITS = [1, 3, 8, 16];
const FRONTIER = [0.2, 0.5, 1, 2, 3, 5, 8, 12, 16, 30];
const DIAL = { best: 0, balanced: 2, cheap: 5 };
const HALVES = 60;
const LEAST_ROWS = 20;
const UNITS = { task: 'one task held out', benchmark: 'one benchmark held out' };

const { values: options } = parseArgs({
  options: {
    index: { type: 'string', default: new URL('../index/index.sbx', import.meta.url).pathname },
    seed: { type: 'string', default: '1' },
    constants: { type: 'boolean', default: false },
    temperatures: { type: 'string' },
  },
});
const seed = Number(options.seed);
const say = (line = '') => process.stdout.write(`${line}\n`);
const show = (x, digits = 3) => x.toFixed(digits).replace(/^(-?)0\./, '$1.');
const signed = (x, digits = 4) => (x < 0 ? show(x, digits) : `+${show(x, digits)}`);
const row = (...cells) => say(`| ${cells.join(' | ')} |`);
function head(...cells) {
  say();
  row(...cells);
  row(...cells.map(() => '---'));
}

const study = await openStudy(await readFile(options.index));
const benchmarkOf = ({ task }) => study.tasks[task].benchmark;
const byBenchmark = new ByBenchmark(
  scoredTasks(study).map((task) => study.tasks[task].benchmark),
  seed,
);
const withInterval = ({ value, interval: [low, high] }) => `${signed(value)} (${signed(low, 3)} to ${signed(high, 3)})`;
const gain = ({ picked, fixed }) => picked - fixed;

function sayLimits(held) {
  head('held out', 'candidates', ...LIMITS.map((usd) => `up to ${usd} USD`), 'mean of the four', 'resamples below');
  for (const [unit, label] of Object.entries(UNITS)) {
    for (const halves of [0, HALVES]) {
      const lists = LIMITS.map((usd) => picksUnder(study, held[unit], usd, { halves, seed }));
      const each = lists.map((list) => byBenchmark.estimate([list], benchmarkOf, gain));
      const all = byBenchmark.estimate(lists, benchmarkOf, gain);
      const cells = lists.map(
        (list, i) =>
          `${show(weightedMean(list, ({ fixed }) => fixed))} ${signed(each[i].value)}, ${show(each[i].below, 2)}`,
      );
      row(label, halves === 0 ? 'all' : `${halves} halves`, ...cells, withInterval(all), show(all.below, 2));
    }
  }
}

function sayCoverage(held) {
  const lists = LIMITS.map((usd) => picksUnder(study, held.task, usd));
  const shares = LIMITS.map((usd) => {
    const within = study.models.map((_, m) => m).filter((m) => study.models[m].usdPerMTok <= usd);
    const tasks = scoredTasks(study);
    const measured = tasks.flatMap((t) => within.filter((m) => !Number.isNaN(study.tasks[t].scores[m])));
    return measured.length / (within.length * tasks.length);
  });
  say();
  say(
    `tasks with three candidates or more: ${lists.map(({ length }) => length).join(', ')} of ${scoredTasks(study).length}`,
  );
  say(`share of the priced models that are measured on a task: ${shares.map((x) => show(x, 2)).join(', ')}`);
}

function sayFrontier(held) {
  head(
    'USD per million tokens, at most',
    ...Object.values(UNITS).flatMap((label) => [`${label}: routed`, 'best single', 'paid']),
  );
  for (const usd of [...FRONTIER, Number.POSITIVE_INFINITY]) {
    const cells = Object.keys(UNITS).flatMap((unit) => {
      const list = picksUnder(study, held[unit], usd);
      return [
        show(weightedMean(list, ({ picked }) => picked)),
        show(weightedMean(list, ({ fixed }) => fixed)),
        `${show(
          weightedMean(list, ({ usd: paid }) => paid),
          2,
        )}, ${show(
          weightedMean(list, ({ fixedUsd }) => fixedUsd),
          2,
        )}`,
      ];
    });
    row(Number.isFinite(usd) ? usd : 'any', ...cells);
  }
}

function sayDial(held) {
  head(
    'held out',
    'prefer',
    'quality against the best single model',
    'its price, geometric mean',
    'one model within the same points',
    'its price',
  );
  for (const [unit, label] of Object.entries(UNITS)) {
    for (const [name, points] of Object.entries(DIAL)) {
      const list = dialPicks(study, held[unit], points);
      const off = (of) => (item) => item[of].score - item.best.score;
      const price = (of) => Math.exp(weightedMean(list, (item) => Math.log(item[of].usd / item.best.usd)));
      row(
        label,
        name,
        withInterval(byBenchmark.estimate([list], benchmarkOf, off('pick'))),
        `${show(100 * price('pick'), 0)}%`,
        signed(weightedMean(list, off('cheap'))),
        `${show(100 * price('cheap'), 0)}%`,
      );
    }
  }
}

function sayRows() {
  const domainOf = ({ task }) => study.tasks[task].domain;
  const oneModel = (least) => (list) => overGroups(list, ({ model }) => model, auroc, least);
  head(
    'rows held out',
    'outcomes',
    'AUROC',
    'within a task',
    'one model, over all tasks',
    'one model, within a task',
    'ECE',
  );
  const kept = {};
  for (const [label, benchmark] of [
    ['a fifth of all rows', false],
    ['a whole benchmark', true],
  ]) {
    const list = holdOutRows(study, { seed, benchmark });
    kept[label] = list;
    row(
      label,
      list.length,
      show(auroc(list)),
      show(overGroups(list, ({ task }) => task, auroc, LEAST_ROWS)),
      show(oneModel(5 * LEAST_ROWS)(list)),
      show(overGroups(list, ({ task }) => task, oneModel(LEAST_ROWS), LEAST_ROWS)),
      show(calibrationError(list)),
    );
  }
  head('domain', ...Object.keys(kept).flatMap((label) => [`${label}: ECE`, 'predicted - right', 'AUROC']), 'outcomes');
  for (const domain of [...new Set(Object.values(kept)[0].map(domainOf))].sort()) {
    const lists = Object.values(kept).map((list) => list.filter((item) => domainOf(item) === domain));
    const bias = (list) => list.reduce((sum, { predicted, outcome }) => sum + predicted - outcome, 0) / list.length;
    row(
      domain,
      ...lists.flatMap((list) => [show(calibrationError(list)), signed(bias(list), 3), show(auroc(list))]),
      lists[0].length,
    );
  }
}

const held = Object.fromEntries(Object.keys(UNITS).map((unit) => [unit, holdOutTasks(study, unit)]));
const measured = scoredTasks(study);
const cells = measured.reduce((sum, t) => sum + study.tasks[t].scores.filter((x) => !Number.isNaN(x)).length, 0);
say(
  `${measured.length} tasks of ${new Set(measured.map((t) => study.tasks[t].benchmark)).size} benchmarks, ${study.models.length} models,`,
);
say(
  `${study.models.filter(({ usdPerMTok }) => !Number.isNaN(usdPerMTok)).length} with a price; ${show(1 - cells / (measured.length * study.models.length), 2)} of the scores are missing; seed ${seed}`,
);
sayLimits(held);
sayCoverage(held);
sayFrontier(held);
sayDial(held);
sayRows();
if (options.constants || options.temperatures) {
  const grid = options.temperatures ? { temperature: options.temperatures.split(',').map(Number) } : GRID;
  chooseConstants(study, { grid, limits: LIMITS, halves: HALVES, seed, say });
}
study.close();
