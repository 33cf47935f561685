// Evaluates the paper's rules and `signalbox` with several embedders side by side, as `signalbox eval` does, and prints the
// tables of docs/results.md.
//   npm run bench -- embedders --data DIR --vectors FOLDER [--embedders minilm,mpnet] [--sets openllm_v2,...] [--out FOLDER]
// DIR has the folders of `SETS`, FOLDER the matrices SET.NAME.npy with one row per row of DIR/SET/outcomes.csv.gz
// (models/mpnet/embed.py makes them); the vectors of the built-in embedder are made here. With --out, the reports are
// written there as JSON, and reports that are there are not made again. Takes an hour on one core for all sets.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { runEvaluation } from '../../dist/cli/eval.js';
import { Progress } from '../../dist/cli/progress.js';
import { policyName } from '../../dist/evaluation/tables.js';
import { toJson } from '../../dist/files/disk/output.js';

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    vectors: { type: 'string' },
    embedders: { type: 'string', default: 'minilm,mpnet' },
    sets: { type: 'string' },
    out: { type: 'string' },
  },
});

const json = (file) => JSON.parse(readFileSync(file, 'utf8'));

/** Tasks of frontier_2026 that fewer than half of a block's models have, and those whose grades are suspect. */
const blockTasks = (folder, without) => [
  ...without,
  ...json(path.join(folder, 'datasets.json'))
    .filter(({ suspect }) => suspect)
    .map(({ dataset }) => dataset),
];

const block = (name, without) => ({
  folder: 'frontier_2026',
  title: `\`${name}\``,
  only: (folder) => json(path.join(folder, 'blocks.json'))[name].models,
  excludeTasks: (folder) => blockTasks(folder, without),
  pools: ['all'],
});

const SETS = {
  openllm_v2: {
    folder: 'openllm_v2',
    title: 'Open LLM Leaderboard v2',
    excludeTasks: () => ['math_*_hard'],
    modelsWhere: 'complete and not near_duplicate_of',
    pools: [9, 15, 35, 'all'],
    labels: [10, 20, 50],
  },
  routerbench: {
    folder: 'routerbench_subset',
    title: 'RouterBench',
    costs: 'cost_usd.csv.gz',
    pools: ['all'],
    labels: [10, 20, 50],
  },
  alpaca_eval: {
    folder: 'alpaca_eval',
    title: 'AlpacaEval',
    modelsWhere: "name != 'NullModel' and name != 'gpt4_gamed'",
    pools: ['all'],
    labels: [10, 20, 50],
  },
  now_18: block('now_18', ['sk_*', 'sql_*', 'ruby_*', 'es_dominio_entidad', 'es_extraer_claims']),
  now_26: block('now_26', [
    ...['sk_*', 'mcpmark_*', 'ruby_*', 'es_dominio_entidad', 'es_extraer_claims', 'swebench_verified_mini'],
  ]),
};

/** The paper's k, with labels at the larger one; k of single samples. */
const RUNS = [
  { k: 10, labels: true, instances: false },
  { k: 100, labels: false, instances: true },
  { k: 5, labels: false, instances: false },
];

/** The command's defaults. */
const DEFAULTS = {
  policy: ['s1', 's2', 's3', 's3_true_p', 'signalbox'],
  kappa: 19,
  threshold: 0.5,
  sigma: 0.09,
  eta: 0.6,
  codes: 'int8',
  pairAlphas: [0],
  pairRepeats: 1,
  baseline: [],
  alphas: [],
  repeats: 10,
  seed: 1,
  embedder: ['static'],
};

/** Writes the models of a block, which no condition on fields describes. */
function modelsFile(name, { only }, folder) {
  const file = path.join(folder, 'models.json');
  if (only === undefined) return file;
  const wanted = new Set(only(folder));
  const chosen = path.join(tmpdir(), `signalbox-${process.pid}-${name}.json`);
  writeFileSync(chosen, JSON.stringify(json(file).filter((model) => wanted.has(model.name))));
  return chosen;
}

async function report(name, set, { k, labels, instances }, embeddings) {
  const kept = options.out && path.join(options.out, `${name}.k${k}.json`);
  if (kept && existsSync(kept)) return json(kept);
  process.stderr.write(`${name}, k ${k}\n`);
  const folder = path.join(options.data, set.folder);
  const made = await runEvaluation(
    {
      ...DEFAULTS,
      data: path.join(folder, 'outcomes.csv.gz'),
      models: modelsFile(name, set, folder),
      costs: instances && set.costs ? path.join(folder, set.costs) : undefined,
      excludeTasks: set.excludeTasks?.(folder),
      modelsWhere: set.modelsWhere,
      pools: set.pools,
      k,
      labels: labels ? (set.labels ?? []) : [],
      instances: instances || undefined,
      embeddings,
    },
    new Progress(process.stderr),
  );
  const text = toJson(made);
  if (kept) writeFileSync(kept, text);
  return JSON.parse(text);
}

const figure = (x, digits = 4) => (x === null ? '-' : x.toFixed(digits).replace(/^(-?)0\./, '$1.'));
const signed = (x, digits) => (x === null ? '-' : `${x < 0 ? '' : '+'}${figure(x, digits)}`);
const between = ([low, high], digits) =>
  low === null || high === null ? '' : ` (${signed(low, digits)} to ${signed(high, digits)})`;
/** Formats a difference with its interval; 0 alone if nothing differs. */
const difference = ({ value, interval }, digits = 4) =>
  value === 0 && interval[0] === 0 && interval[1] === 0
    ? '0'
    : `${signed(value, digits)}${between(interval, digits - 1)}`;
const percent = (x) => (x === null ? '-' : (100 * x).toFixed(1).replace(/^-0\.0$/, '0.0'));
const points = (x) => (x === null ? '-' : `${x < 0 ? '' : '+'}${(100 * x).toFixed(1)}`);

const markdown = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const ROUTING = ['s1', 's2', 's3', 's3_true_p', 'signalbox'];
const HELD_OUT = { share: 'a tenth of each task', task: 'whole tasks' };

const nameOf = (policy) => (policy === 'signalbox' ? '`signalbox`' : policyName(policy));
const rowOf = (rows, policy) => rows.find((row) => row.policy === policy);
const otherNames = ({ embedders }) => embedders.slice(1).map((name) => `${name} - ${embedders[0]} (95%)`);

/** The paper's table: one set, its largest pool. */
function paperTable(comparison) {
  const of = (report, policy, name) => {
    const row = rowOf(report.pools.at(-1).rows, policy);
    return [
      ...[nameOf(policy), name, figure(row.accuracy.value), figure(row.ratioToOracle, 3)],
      ...[row.pearson, row.spearman].map((x) => figure(x, 3)),
      ...[figure(row.shareBestSingle, 2), row.meanParamsB === null ? '-' : `${row.meanParamsB.toFixed(1)}B`],
      row.meanRank.toFixed(2),
    ];
  };
  const vs = (e, policy) =>
    e === 0 ? '' : difference(rowOf(comparison.differences[e - 1].pools.at(-1).rows, policy).accuracy);
  return markdown(
    [
      ...['', 'embedder', 'accuracy', 'ratio to oracle', 'Pearson', 'Spearman', 'share BMA', 'params', 'rank'],
      `against ${comparison.embedders[0]} (95%)`,
    ],
    [
      ...ROUTING.flatMap((policy) =>
        comparison.reports.map((report, e) => [...of(report, policy, comparison.embedders[e]), vs(e, policy)]),
      ),
      ...['best_single', 'oracle'].map((policy) => [...of(comparison.reports[0], policy, ''), '']),
    ],
  );
}

/** Whole tasks: one line per pool and policy, with both k and the differences at the larger one. */
function taskRows(title, small, large) {
  const at = ({ reports }, e, p, policy) => figure(rowOf(reports[e].pools[p].rows, policy).accuracy.value);
  return large.reports[0].pools.flatMap((pool, p) =>
    ROUTING.filter((policy) => policy !== 's3_true_p').map((policy) => [
      ...[`${title}, ${pool.name === 'all' ? '' : `${pool.name}, `}${pool.models} models`, String(pool.tasks)],
      ...[nameOf(policy), at(large, 0, p, 'best_single')],
      ...large.reports.map((_, e) =>
        // `signalbox` has no k.
        policy === 'signalbox' ? at(large, e, p, policy) : `${at(small, e, p, policy)} / ${at(large, e, p, policy)}`,
      ),
      ...large.differences.map((of) => difference(rowOf(of.pools[p].rows, policy).accuracy)),
    ]),
  );
}

/** Labels in the largest pool. */
const labelRows = (title, { reports, differences }) =>
  (reports[0].labels.at(-1)?.points ?? []).flatMap(({ labels }, i) =>
    ['s1', 's3', 'signalbox'].map((policy) => [
      ...[title, String(labels.count), nameOf(policy)],
      ...reports.map((report) => figure(rowOf(report.labels.at(-1).points[i].rows, policy).accuracy.value)),
      ...differences.map((of) => difference(rowOf(of.labels.at(-1).points[i].rows, policy).accuracy)),
    ]),
  );

const sampleRows = (title, { reports, differences }) =>
  reports[0].instances.map(({ heldOut, policy, rows, bestSingle }, i) => [
    ...[title, `${HELD_OUT[heldOut]}, ${rows.toLocaleString('en')}`, nameOf(policy), figure(bestSingle)],
    ...reports.map(({ instances }) => figure(instances[i].quality.value)),
    ...differences.flatMap(({ instances }) => {
      const { quality } = instances[i];
      const isEqual = quality.withinTasks.every((end) => end === 0);
      return [difference(quality), isEqual ? '' : between(quality.withinTasks, 3).slice(2, -1)];
    }),
  ]);

const costRows = (title, { reports, cost, differences }) =>
  reports[0].cost.flatMap(({ heldOut, policy, models }, i) => [
    [
      ...[`${title}, ${models} models`, HELD_OUT[heldOut], nameOf(policy)],
      ...cost.map((of) => of[i].costSaved.map(percent).join(' / ')),
      ...differences.flatMap(({ cost: of }) =>
        [1, 2].map((at) => {
          const { value, withinTasks } = of[i].costSaved[at];
          return `${points(value)} (${withinTasks.map(points).join(' to ')})`;
        }),
      ),
    ],
  ]);

const coverageRows = (title, { embedders, reports }) =>
  embedders.flatMap((name, e) =>
    reports[e].coverage.map(({ from, to, count, accuracy }) => [
      ...[title, name, `${figure(from, 3)} to ${figure(to, 3)}`, String(count)],
      ...['best_single', 's1', 's3', 'signalbox', 'oracle'].map((policy) => figure(accuracy[policy], 3)),
    ]),
  );

function print(title, head, rows) {
  if (rows.length > 0) console.log(`\n## ${title}\n\n${markdown(head, rows)}`);
}

async function main() {
  if (options.out) mkdirSync(options.out, { recursive: true });
  const wanted = options.sets?.split(',') ?? Object.keys(SETS);
  const runs = [];
  for (const name of wanted) {
    const set = SETS[name];
    if (set === undefined) throw new Error(`'${name}' is not a set, expected ${Object.keys(SETS).join(', ')}`);
    const embeddings = options.embedders
      .split(',')
      .map((of) => `${of}=${path.join(options.vectors, `${set.folder}.${of}.npy`)}`)
      .filter((text) => existsSync(text.slice(text.indexOf('=') + 1)));
    if (!existsSync(path.join(options.data, set.folder)) || embeddings.length === 0) {
      console.error(`skipped: ${name}, without data or vectors`);
      continue;
    }
    for (const run of RUNS) runs.push({ name, set, ...run, comparison: await report(name, set, run, embeddings) });
  }
  if (runs.length === 0) return;
  const { comparison: any } = runs[0];
  const [names, against] = [any.embedders, otherNames(any)];
  const at = (name, k) => runs.find((run) => run.name === name && run.k === k)?.comparison;
  const of = (rowsOf, k) =>
    runs.filter((run) => run.k === k).flatMap(({ set, comparison }) => rowsOf(set.title, comparison));
  const [first] = runs;
  console.log(`## The paper's table, ${first.set.title}, k 10\n\n${paperTable(at(first.name, 10))}`);
  print(
    'Whole tasks, k 5 / k 10; differences at k 10',
    ['data', 'tasks', 'policy', 'best single', ...names, ...against],
    runs
      .filter(({ k }) => k === 10)
      .flatMap(({ name, set, comparison }) => taskRows(set.title, at(name, 5), comparison)),
  );
  print('Labels, k 10, all models', ['data', 'labels', 'policy', ...names, ...against], of(labelRows, 10));
  print(
    'Single samples, k 100',
    ['data', 'held out', 'policy', 'best single', ...names, ...against.flatMap((text) => [text, 'these tasks'])],
    of(sampleRows, 100),
  );
  print(
    'Cost saved at 0, 1 and 2 points (%), k 100',
    [
      ...['data', 'held out', 'policy', ...names],
      ...names.slice(1).flatMap((name) => [1, 2].map((at) => `${name} - ${names[0]} at ${at} (95%, these tasks)`)),
    ],
    of(costRows, 100),
  );
  print(
    'Coverage, k 10',
    ['data', 'embedder', 'distance u', 'tasks', 'best single', 'S1', 'S3', '`signalbox`', 'oracle'],
    of(coverageRows, 10),
  );
}

if (options.data === undefined || options.vectors === undefined) {
  console.log('skipped: no benchmark data or vectors (--data DIR --vectors FOLDER)');
} else await main();
