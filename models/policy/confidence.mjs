// Checks the confidence of the policy `signalbox` on benchmarks of few samples per task, drawn from a large one
// (docs/policy.md):
//   node models/policy/confidence.mjs --data DIR [--rows 5,20,100] [--draws N] [--seed N]
// DIR holds outcomes.csv.gz and models.json. The package must be built (npm run build). Each draw is an index with some
// samples of each task and without six of the tasks, and twelve candidates. Prompts of the other samples are routed, and
// the truth about two models is their mean outcome on all samples of the task that the index lacks.
import { parseArgs } from 'node:util';
import { buildIndex } from '../../dist/build.js';
import { Random } from '../../dist/evaluation/random.js';
import { Router } from '../../dist/index.js';
import { readBenchmark } from './benchmark.mjs';

const HELD_OUT = 6;
const CANDIDATES = 12;
const PROMPTS = 5;

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    rows: { type: 'string', default: '5,20,100' },
    draws: { type: 'string', default: '8' },
    seed: { type: 'string', default: '1' },
  },
});
const random = new Random(Number(values.seed));
const benchmark = await readBenchmark(values.data);
const { vectors, dim, outcomes, models, taskNames, rowsOfTasks, modelList } = benchmark;
const names = modelList.map(({ name }) => name);

/** Confidences, and whether they were right: 1, 0, or .5 for a tie. */
class Tally {
  count = 0;
  confidence = 0;
  right = 0;
  brier = 0;
  sure = 0;
  bins = Array.from({ length: 10 }, () => 0);
  picked = 0;
  best = 0;

  add(confidence, right, picked, best) {
    this.count += 1;
    this.confidence += confidence;
    this.right += right;
    this.brier += (confidence - right) ** 2;
    this.sure += Number(confidence > 0.9);
    this.bins[Math.min(9, Math.floor(10 * confidence))] += confidence - right;
    this.picked += picked;
    this.best += best;
  }

  get line() {
    const share = (sum, digits = 2) => (sum / this.count).toFixed(digits).replace(/^0/, '');
    const ece = this.bins.reduce((sum, off) => sum + Math.abs(off), 0);
    return [share(this.picked, 4), share(this.best, 4), share(this.confidence), share(this.right), share(ece)]
      .concat([share(this.brier, 3), share(this.sure)])
      .join(' | ');
  }
}

/** Returns the samples of each task that an index gets, and the others. */
function split(perTask) {
  const heldOut = new Set(random.sample(taskNames.length, HELD_OUT));
  return rowsOfTasks.map((rows, task) => {
    const count = heldOut.has(task) ? 0 : Math.min(perTask, Math.floor(0.9 * rows.length));
    const taken = new Set(random.sample(rows.length, count));
    return { taken: rows.filter((_, i) => taken.has(i)), rest: rows.filter((_, i) => !taken.has(i)) };
  });
}

async function openIndex(parts) {
  const rows = parts.flatMap(({ taken }) => taken);
  const index = await buildIndex({
    models: names,
    tasks: parts.flatMap(({ taken }, task) => taken.map(() => taskNames[task])),
    embeddings: Float32Array.from(rows.flatMap((row) => [...vectors.subarray(row * dim, (row + 1) * dim)])),
    dim,
    outcomes: Float32Array.from(rows.flatMap((row) => [...outcomes.subarray(row * models, (row + 1) * models)])),
  });
  return Router.load({ index, embedder: null });
}

async function measure(perTask) {
  const tallies = { 'a known task': new Tally(), 'a new task': new Tally() };
  for (let draw = 0; draw < Number(values.draws); ++draw) {
    const parts = split(perTask);
    const router = await openIndex(parts);
    const candidates = random.sample(models, CANDIDATES).map((m) => names[m]);
    for (const { taken, rest } of parts) {
      const truth = (name) => {
        const m = names.indexOf(name);
        return rest.reduce((sum, row) => sum + outcomes[row * models + m], 0) / rest.length;
      };
      const tally = tallies[taken.length > 0 ? 'a known task' : 'a new task'];
      for (const i of random.sample(rest.length, PROMPTS)) {
        const vector = vectors.slice(rest[i] * dim, (rest[i] + 1) * dim);
        const options = { candidates, maxCoveragePercentile: 100 };
        const { model, bestSingleModel, ranking, challengerConfidence } = await router.route(vector, options);
        const other = model === bestSingleModel ? ranking[1].model : bestSingleModel;
        const [ours, theirs] = [truth(model), truth(other)];
        const right = ours === theirs ? 0.5 : Number(ours > theirs);
        tally.add(challengerConfidence, right, ours, truth(bestSingleModel));
      }
    }
    router.dispose();
  }
  for (const [kind, tally] of Object.entries(tallies)) console.log(`| ${perTask} | ${kind} | ${tally.line} |`);
}

console.log('| samples per task | prompts of | picked | best single | confidence | right | ECE | Brier | above .9 |');
console.log('|---|---|---|---|---|---|---|---|---|');
for (const perTask of values.rows.split(',')) await measure(Number(perTask));
