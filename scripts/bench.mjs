// `npm run bench`: the set-up step, both sides of the benchmark, then one run of all measurements.
//   npm run bench                 all measurements; takes several minutes and 1 GB of memory
//   npm run bench -- --quick      a smoke run on small data with few repeats; do not trust its figures
//   npm run bench -- --json       the results as JSON on stdout
//   npm run bench -- search       searches alone, exact and fast; takes --quick, --json and --compare as well
//   npm run bench -- --compare old.json  also names what got slower than in a bench.json of before, beyond noise
//   npm run bench -- search-peers [...]  searches beside other libraries (tests/bench/search-peers.mjs)
//   npm run bench -- package      the package alone: load to first decision, sizes (tests/bench/package.mjs); with --peers
//                                 beside other packages for pages, which it installs (tests/bench/peers.mjs)
//   npm run bench -- page [...]   the demo site in Chromium: first decision, main-thread time per key (tests/bench/page.mjs)
//   npm run bench -- route [...]  a warm decision and its parts, in Node.js and Chromium (tests/bench/route.mjs)
//   npm run bench -- extension [...]  the extension: answer latency, typing, memory, sizes (tests/bench/extension.mjs)
//   npm run bench -- onnx [...]   the ONNX embedder beside transformers.js (tests/bench/onnx.mjs)
//   npm run bench -- plan [...]   the predictor of a plan beside other rules, on given results (tests/bench/plan.mjs)
//   npm run bench -- plan-coverage [...]  whether the intervals of plans hold, on files with a known truth
//                                 (tests/bench/plan-coverage.mjs)
//   npm run bench -- plan-promise [...]   what promises save, and how often they are broken (tests/bench/plan-promise.mjs)
//   npm run bench -- plan-next [...]  whether grading chosen prompts helps plans (tests/bench/plan-next.mjs)
//   npm run bench -- next-labels [...]  what prompts chosen for grading are worth (tests/bench/next-labels.mjs)
//   npm run bench -- embedders [...]  the paper's rules and signalbox with several embedders (tests/bench/embedders.mjs)
//   npm run bench -- conversations [...]  staying with a model in a conversation (tests/bench/conversations.mjs)
//   npm run bench -- judges [...]  a judge for cascades: agreement of two cheap answers (tests/bench/judges.mjs)
//   npm run bench -- budgets [...]  what a fixed sum buys, on batches and streams (tests/bench/budgets.mjs)
//   npm run bench -- new-model [...]  what add-model knows of a new model from a few rows (tests/bench/new-model.mjs)
//   npm run bench -- build-scale [...]  builds of up to 1,000,000 rows, and exports: time and memory
//                                 (tests/bench/build-scale.mjs)
//   npm run bench -- serve [...]  what the gateway adds to a request, and that it loses none (tests/bench/serve.mjs)
// Every run saves its results as bench.json. Measures the kNN kernels, native and wasm, built with the shipped flags, as ratios to reading the codes once
// (tests/bench/kernels.mjs); and the package's load to first decision, sizes and memory (tests/bench/package.mjs).
// Asserts only that native and wasm find the same neighbours at the same distances, bit for bit; aims are printed beside
// the figures. On a busy machine ratios are more stable than times.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { comparisonText, slower } from '../tests/bench/compare.mjs';
import { measureFile, measureShapes, measureSynthetic } from '../tests/bench/kernels.mjs';
import { measureFirstDecision, measureMemory, measureSizes } from '../tests/bench/package.mjs';
import { kernelText, packageText, shapesText } from '../tests/bench/report.mjs';
import { NativeSide, WasmSide } from '../tests/bench/sides.mjs';
import { has, hasEmsdk } from './packages.mjs';
import { configure, root, run, setUp } from './setup.mjs';

const FULL = {
  rows: [10_000, 100_000],
  dims: [256, 768],
  repeats: 31,
  coldStarts: 7,
  memory: [100_000, 768],
  shapes: { rows: 20_000, dims: [128, 768] },
};
const QUICK = {
  rows: [2_000],
  dims: [64],
  repeats: 3,
  coldStarts: 1,
  memory: [5_000, 64],
  shapes: { rows: 2_000, dims: [64] },
};

const NATIVE = 'build/bench-native';
const WASM = 'build/bench-wasm';
const INDEX = path.join(root, 'models/index/index.sbx');
const SAVED = path.join(root, 'bench.json');

/** Builds in separate folders, because those of the tests are configured without the benchmark. */
function build() {
  if (!has('c++')) throw new Error('the native side needs a C++ compiler: apt-get install g++');
  const options = ['-DCMAKE_BUILD_TYPE=Release', '-DSIGNALBOX_BENCH=ON'];
  configure(NATIVE, options);
  run('cmake', ['--build', NATIVE, '--target', 'signalbox_bench']);
  const env = hasEmsdk() ? process.env : { ...process.env, NODE_PATH: '/usr/share/nodejs' };
  configure(WASM, options, { env, launcher: ['emcmake'] });
  run('cmake', ['--build', WASM, '--target', 'signalbox_bench'], { env });
}

async function measureKernels(sides, plan, say) {
  const synthetic = [];
  for await (const result of measureSynthetic(sides, plan)) {
    say(`${result.rows} x ${result.dim} ${result.type}`);
    synthetic.push(result);
  }
  const real = existsSync(INDEX) ? await measureFile(sides, INDEX, plan.repeats) : undefined;
  const shapes = [];
  for await (const result of measureShapes(sides, plan.shapes)) shapes.push(result);
  return { synthetic, real, shapes };
}

async function measurePackage(native, plan, say) {
  say('package');
  return {
    firstDecision: measureFirstDecision(plan.coldStarts),
    sizes: measureSizes(),
    memory: await measureMemory(native, ...plan.memory),
  };
}

async function main(args, isOfSearch) {
  const { values } = parseArgs({
    args,
    options: { quick: { type: 'boolean' }, json: { type: 'boolean' }, compare: { type: 'string' } },
  });
  const old = values.compare === undefined ? undefined : JSON.parse(readFileSync(values.compare, 'utf8'));
  const plan = values.quick ? QUICK : FULL;
  const say = (message) => console.error(`signalbox bench: ${message}`);
  setUp('build');
  build();
  const native = new NativeSide(path.join(root, NATIVE, 'tests/bench/signalbox_bench'));
  const wasm = new WasmSide(path.join(root, WASM, 'tests/bench'));
  try {
    const kernels = await measureKernels([native, wasm], plan, say);
    await wasm.close();
    const machine = `${os.cpus()[0]?.model.trim()}, ${os.cpus().length} cores, Node ${process.versions.node}`;
    const results = { machine, ...kernels, ...(isOfSearch ? {} : await measurePackage(native, plan, say)) };
    writeFileSync(SAVED, `${JSON.stringify(results, null, 2)}\n`);
    say(`saved ${path.relative(process.cwd(), SAVED)}`);
    if (values.json) console.log(JSON.stringify(results, null, 2));
    else {
      const parts = [machine, kernelText(kernels.synthetic, kernels.real), shapesText(kernels.shapes)];
      console.log([...parts, ...(isOfSearch ? [] : [packageText(results)])].join('\n\n'));
    }
    if (old !== undefined) console.log(`\n${comparisonText(slower(old, results))}`);
  } finally {
    await native.close();
  }
}

/** Measures the package without building anything native. */
async function benchPackage(args) {
  const { values } = parseArgs({ args, options: { json: { type: 'boolean' }, peers: { type: 'boolean' } } });
  setUp('build');
  const { measurePeers, peersText } = await import('../tests/bench/peers.mjs');
  const results = values.peers
    ? await measurePeers()
    : { firstDecision: measureFirstDecision(FULL.coldStarts), sizes: measureSizes() };
  if (values.json) console.log(JSON.stringify(results, null, 2));
  else console.log(values.peers ? peersText(results) : packageText(results));
}

/** Measures with a separate script. */
function benchWith(name, args, step) {
  setUp(step);
  run(process.execPath, [`tests/bench/${name}.mjs`, ...args], { stdio: ['ignore', 'inherit', 'inherit'] });
}

/** Benchmarks of the package alone; the others need browsers, too. */
const WITH_PACKAGE = [
  'plan',
  'plan-coverage',
  'plan-promise',
  'plan-next',
  'next-labels',
  'conversations',
  'judges',
  'budgets',
  'new-model',
  'embedders',
  'serve',
  'build-scale',
];

try {
  const [name, ...args] = process.argv.slice(2);
  if (name === 'package') await benchPackage(args);
  else if (['extension', 'onnx', 'page', 'route'].includes(name)) benchWith(name, args, 'all');
  else if (WITH_PACKAGE.includes(name)) benchWith(name, args, 'build');
  else if (name === 'search') await main(args, true);
  else if (name === 'search-peers') {
    setUp('build');
    build();
    benchWith(name, args, 'build');
  } else await main(process.argv.slice(2), false);
} catch (error) {
  console.error(`signalbox bench: ${error.message}`);
  process.exitCode = 1;
}
