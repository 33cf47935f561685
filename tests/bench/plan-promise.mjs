// Measures what promises of `signalbox plan --max-loss` save, and how often they are broken: on simulated files, whose
// truth is known.
//   npm run bench -- plan-promise --data DIR [--files 200] [--pools routerbench,now_18,openllm_v2] [--seed 1] [--json]
// DIR has the folders of tests/bench/plan-data.mjs; rows and models with gaps are left out. A file has 100 to 1,600
// rows, drawn with replacement from one of the pools, with all of its models; copies of a row are one group.
// Three of ten rows make the rule, the others test it. The truth is the loss of the promised setting over the whole pool,
// against the same baseline. Prints, by pool, size and limit: the share of the baseline's cost that the promised rules save
// over the pool, the share of files with a promise, and the share of files whose promise is broken, with its standard
// error. `--files` counts per pool and size.
import process from 'node:process';
import { parseArgs } from 'node:util';
import { Random } from '../../dist/evaluation/random.js';
import { mean } from '../../dist/evaluation/statistics.js';
import { StaticEmbedder } from '../../dist/index.js';
import { loadLab } from '../../dist/wasm/lab-module.js';
import { BY_RULE } from '../../dist/wasm/lab-plan.js';
import { readSets } from './plan-data.mjs';
import { completePool, drawFile, partOf, truthsOf } from './plan-files.mjs';
import { table } from './table.mjs';

const SIZES = [100, 200, 400, 800, 1600];
const DELTA = 0.05;
/** Limits in percentage points, by kind of loss. */
const LIMITS = { net: [2, 3, 5], worse: [2, 5] };

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    files: { type: 'string', default: '200' },
    pools: { type: 'string' },
    sizes: { type: 'string', default: SIZES.join(',') },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});

const wanted = Object.entries(LIMITS).flatMap(([kind, limits]) => limits.map((points) => ({ kind, points })));

/** Returns, for each kind and limit, what the promise of a file is worth. */
function measure(lab, pool, size, seed) {
  const file = drawFile(pool, size, new Random(seed), pool.models);
  const marks = lab.drawTestRows(file.groups, seed);
  const [rule, test] = [0, 1].map((mark) => partOf(file, (row) => marks[row] === mark));
  const spec = { dim: file.dim, models: file.columns.length, families: 0, target: { kind: 'at-most', value: 0 }, seed };
  const plan = lab.openPlan({ spec, ...rule });
  try {
    for (let done = 0, total = 1; done < total; ) ({ done, total } = plan.step(1000));
    const { numbers } = plan.finish();
    const answeredBy = new Uint8Array(test.groups.length).fill(BY_RULE);
    return wanted.map(({ kind, points }) => {
      const promised = plan.promise({ spec: { kind, points, delta: DELTA, tolerance: 0, seed }, ...test, answeredBy });
      const { setting, settings } = promised.numbers;
      if (setting === null) return { kind, points, made: false, saved: 0, broken: false };
      const { baseline } = numbers;
      const [truth] = truthsOf(pool, file, { numbers: { baseline }, predictor: promised.predictor }, [
        settings[setting],
      ]);
      const loss = kind === 'net' ? -truth.points : truth.worse;
      return { kind, points, made: true, saved: truth.saved, broken: loss > points + 1e-9 };
    });
  } finally {
    plan.close();
  }
}

const percent = (x) => `${(100 * x).toFixed(1)}%`;

function summarize(results) {
  const broken = mean(results.map((r) => Number(r.broken)));
  return {
    files: results.length,
    saved: mean(results.map((r) => r.saved)),
    made: mean(results.map((r) => Number(r.made))),
    broken,
    error: Math.sqrt((broken * (1 - broken)) / results.length),
  };
}

async function main(folder) {
  const [embedder, lab] = await Promise.all([StaticEmbedder.load(), loadLab()]);
  const [files, seed] = [Number(options.files), Number(options.seed)];
  const rows = [];
  for await (const set of readSets(folder, embedder)) {
    if (options.pools !== undefined && !options.pools.split(',').includes(set.name)) continue;
    const pool = completePool(set);
    for (const size of options.sizes.split(',').map(Number)) {
      const results = [];
      for (let i = 0; i < files; ++i) {
        results.push(...measure(lab, pool, size, seed * 1_000_000 + i));
        process.stderr.write(`\r${pool.name}, ${size} rows: file ${i + 1} of ${files}`);
      }
      process.stderr.write('\n');
      for (const { kind, points } of wanted) {
        const own = results.filter((r) => r.kind === kind && r.points === points);
        rows.push({ pool: pool.name, size, kind, points, ...summarize(own) });
      }
    }
  }
  embedder.dispose();
  if (rows.length === 0) console.log(`skipped: no benchmark data (${folder})`);
  else if (options.json) console.log(JSON.stringify(rows, null, 2));
  else {
    const lines = rows.map((r) => [
      ...[r.pool, String(r.size), r.kind, String(r.points), percent(r.saved), percent(r.made)],
      `${percent(r.broken)} ± ${(100 * r.error).toFixed(1)}`,
    ]);
    console.log(table(['pool', 'rows', 'kind', 'points', 'saved', 'promised', 'broken'], lines));
  }
}

if (options.data === undefined) console.log('skipped: no benchmark data (--data DIR)');
else await main(options.data);
