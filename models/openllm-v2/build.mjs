// Builds the index of 2024 from per-sample results of the Open LLM Leaderboard v2, measures the loss from its 4-bit
// rows, and writes the card:
//   node models/openllm-v2/build.mjs --data DIR
// It builds the same index for another embedder, here index-mpnet.sbx with the card index-mpnet.md, by:
//   node models/openllm-v2/build.mjs --data DIR --embedder onnx:Xenova/all-mpnet-base-v2 --name index-mpnet
// DIR holds outcomes.csv.gz (dataset,id,prompt,answer, then one column per model) and models.json. The package must be
// built (npm run build), and models/embedder must hold the embedder. Vectors are kept in build/embeddings, so that an
// interrupted build resumes.
import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { brotliCompressSync, createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import { buildIndexWith, flatten } from '../../dist/building/build-index.js';
import { CachedEmbedder } from '../../dist/building/disk/embedding-cache.js';
import { loadEmbedder } from '../../dist/cli/embedder-option.js';
import { Progress } from '../../dist/cli/progress.js';
import { embedAll } from '../../dist/evaluation/embed.js';
import { loadLab } from '../../dist/wasm/lab-module.js';
import { lossTable, writeCard } from './card.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));

/** The graders of these tasks marked the form of an answer instead of the answer: see the card. */
const isLeftOut = (task) => /^math_.*_hard$/.test(task);

/** The paper's constants; the policy `signalbox` uses none of them. */
const ROUTING = { k: 10, kappa: 19, threshold: 0.5, sigma: 0.09, eta: 0.6 };
/** The paper's shares of a task that move back into the pool, one draw each. */
const PAIRS = { alphas: Array.from({ length: 15 }, (_, i) => i / 50), repeats: 1, seed: 1 };

const METADATA = {
  name: 'openllm-v2',
  description: 'Per-sample results of 56 open models on 42 tasks of the Open LLM Leaderboard v2',
  outcome:
    'BBH and MuSR: normalised log-likelihood accuracy; MMLU-Pro: accuracy; IFEval: strict accuracy of the prompt',
  sources: [
    'PredictaBoard (GPL-3.0): scores and prompts',
    'CARROT (no licence stated): scores, prices in USD per million tokens of late 2024',
    'MMLU-Pro (Apache-2.0): prompts',
    'Open LLM Leaderboard: parameter counts',
  ],
  licence: 'Figures only: embeddings, outcomes, names and counts. See the card beside the index.',
  caveats: [
    'The tasks math_*_hard are left out: their graders failed on the answer format of some models.',
    'Models of 2023 and 2024; prices are known for 18 of them.',
  ],
};

function readModels(folder) {
  const all = JSON.parse(readFileSync(path.join(folder, 'models.json'), 'utf8'));
  return all.filter((model) => model.complete && !model.near_duplicate_of);
}

async function readSamples(folder, models) {
  const rows = createReadStream(path.join(folder, 'outcomes.csv.gz'))
    .pipe(createGunzip())
    .pipe(parse({ columns: true }));
  const samples = { tasks: [], sampleIds: [], prompts: [], outcomes: [] };
  for await (const row of rows) {
    if (isLeftOut(row.dataset)) continue;
    samples.tasks.push(row.dataset);
    samples.sampleIds.push(row.id);
    samples.prompts.push(row.prompt);
    for (const { name } of models) samples.outcomes.push(row[name] === '' ? Number.NaN : Number(row[name]));
  }
  return samples;
}

const mean = (values) => values.reduce((sum, x) => sum + x, 0) / values.length;

/** Neighbour counts of S1 to measure beside the default policy. */
const KS = [10, 50, 100];

/** Returns the accuracies of the policies, averaged over tasks, each held out in turn. */
function measure(lab, spec, prompts) {
  const numbers = new Map([...new Set(prompts)].map((prompt, i) => [prompt, i]));
  const inputs = Uint32Array.from(prompts, (prompt) => numbers.get(prompt));
  const out = {};
  for (const k of KS) {
    const handle = lab.openEvaluation({ ...flatten({ ...spec, routing: { ...ROUTING, k } }), inputs });
    try {
      lab.searchNeighbours(handle, prompts.length);
      const tasks = [...new Set(spec.tasks)].map((_, task) => lab.heldOutTask(handle, task));
      const of = (policy) => mean(tasks.map(({ accuracy, decisions }) => accuracy[decisions[0][policy].pick]));
      Object.assign(out, { signalbox: of('signalbox'), bestSingle: of('best_single'), oracle: of('oracle') });
      out[`S1, k = ${k}`] = of('s1');
    } finally {
      lab.closeEvaluation(handle);
    }
  }
  return out;
}

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    out: { type: 'string', default: here },
    embedder: { type: 'string' },
    name: { type: 'string', default: 'index' },
  },
});
if (values.data === undefined || (values.embedder === undefined) !== (values.name === 'index')) {
  console.error('usage: node models/openllm-v2/build.mjs --data DIR [--out DIR] [--embedder PLACE --name NAME]');
  process.exit(2);
}
const lab = await loadLab();
const models = readModels(values.data);
const { prompts, ...samples } = await readSamples(values.data, models);
console.error(`${prompts.length} samples, ${models.length} models, ${new Set(samples.tasks).size} tasks`);

const progress = new Progress(process.stderr);
const loaded = await loadEmbedder(values.embedder ?? path.join(here, '..', 'embedder'));
const embedder = new CachedEmbedder(loaded, path.join(here, '../../build/embeddings'));
progress.begin('embedding');
const embeddings = await embedAll(embedder, prompts, progress);
progress.end();
const spec = {
  ...samples,
  embeddings,
  dim: embedder.dim,
  models: models.map((m) => ({
    name: m.name,
    paramsB: m.params_b ?? null,
    usdPerMTokIn: m.price_in ?? null,
    usdPerMTokOut: m.price_out ?? null,
  })),
  embedder,
  metadata: METADATA,
  routing: ROUTING,
};
const built = buildIndexWith(lab, { ...spec, codes: 'int4', pairs: PAIRS });
writeFileSync(path.join(values.out, `${values.name}.sbx`), built);

const measured = {};
for (const codes of ['float32', 'int8', 'int4']) measured[codes] = measure(lab, { ...spec, codes }, prompts);
const sizes = { raw: built.byteLength, brotli: brotliCompressSync(built).byteLength };
const sha256 = createHash('sha256').update(built).digest('hex');
writeCard(path.join(values.out, values.name === 'index' ? 'README.md' : `${values.name}.md`), {
  file: `${values.name}.sbx`,
  command: `node models/openllm-v2/build.mjs --data DIR${values.embedder ? ` --embedder ${values.embedder} --name ${values.name}` : ''}`,
  samples,
  models,
  embedder,
  measured,
  sizes,
  sha256,
  metadata: METADATA,
});
console.error(`${sizes.raw} bytes, ${sizes.brotli} as brotli, sha256 ${sha256}`);
console.log(lossTable(measured));
embedder.dispose();
