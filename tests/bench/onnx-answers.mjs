// Measures how answers change with the vectors, for example between two types of a model's weights:
//   node tests/bench/onnx-answers.mjs EXACT.npy OTHER.npy... --index INDEX --prompts PROMPTS
// Each matrix has a row for each prompt (models/mpnet/embed.py); the others are compared with the first. INDEX is the twin of
// the default index for this model. PROMPTS has an object with `prompt` on each line, and for some `kind`, the names of one or
// more kinds of everyday work. Needs dist/ (npm run setup).
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { openNpy } from '../../dist/files/disk/npy.js';
import { Router } from '../../dist/index.js';
import { table } from './table.mjs';

const DIALS = ['best', 'balanced', 'cheap'];

const mean = (values) => values.reduce((sum, x) => sum + x, 0) / values.length;

/** Returns the standard error of a mean; NaN for fewer than two values. */
function standardError(values) {
  const about = mean(values);
  return Math.sqrt(values.reduce((sum, x) => sum + (x - about) ** 2, 0) / (values.length - 1) / values.length);
}

async function readVectors(file, prompts) {
  const { count, dim, read, close } = await openNpy(file);
  try {
    if (count !== prompts) throw new Error(`${file} has ${count} rows, expected ${prompts}`);
    const values = await read(0, count);
    return Array.from({ length: count }, (_, i) => values.subarray(i * dim, (i + 1) * dim));
  } finally {
    await close();
  }
}

/** Returns the answers of an index to vectors: picks by dial, first kinds, and expectations by model. */
async function answersOf(router, vectors) {
  const answers = [];
  for (const vector of vectors) {
    const decisions = [];
    for (const prefer of DIALS) decisions.push(await router.route(vector, { prefer, neighbours: 0 }));
    answers.push({
      picks: decisions.map(({ model }) => model),
      kind: decisions[0].kinds?.[0]?.name,
      expected: new Map(decisions[0].ranking.map(({ model, pCorrect }) => [model, pCorrect])),
    });
  }
  return answers;
}

const dot = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0);
const percent = (flags) => (100 * mean(flags.map(Number))).toFixed(1);

/** Returns the cells that compare answers with those of the first one. */
function compare(list, made, exact) {
  const cosines = made.vectors.map((vector, i) => dot(vector, exact.vectors[i]));
  const [mine, theirs] = [made.answers, exact.answers];
  const isRight = ({ kind: named }, i) => list[i].kind?.split(' ').some((kind) => named === `everyday/${kind}`);
  const labelled = list.map((_, i) => i).filter((i) => list[i].kind !== undefined);
  const gains = labelled.map((i) => Number(isRight(mine[i], i)) - Number(isRight(theirs[i], i)));
  const shifts = mine.map(({ expected }, i) =>
    mean([...expected].map(([model, p]) => Math.abs(p - theirs[i].expected.get(model)))),
  );
  return [
    mean(cosines).toFixed(4),
    Math.min(...cosines).toFixed(4),
    percent(labelled.map((i) => isRight(mine[i], i))),
    `${(100 * mean(gains)).toFixed(1)} (${(100 * standardError(gains)).toFixed(1)})`,
    percent(mine.map(({ kind }, i) => kind === theirs[i].kind)),
    ...DIALS.map((_, d) => percent(mine.map(({ picks }, i) => picks[d] === theirs[i].picks[d]))),
    (100 * mean(shifts)).toFixed(2),
  ];
}

const options = { index: { type: 'string' }, prompts: { type: 'string' } };
const { values, positionals } = parseArgs({ options, allowPositionals: true });
if (positionals.length < 2 || values.index === undefined || values.prompts === undefined)
  throw new Error('expected matrices, --index and --prompts');
const list = readFileSync(values.prompts, 'utf8').trim().split('\n').map(JSON.parse);
const router = await Router.load({ index: values.index, embedder: null });
const made = [];
for (const file of positionals) {
  const vectors = await readVectors(file, list.length);
  made.push({ vectors, answers: await answersOf(router, vectors) });
}
router.dispose();
const labelled = list.filter(({ kind }) => kind !== undefined).length;
console.log(`${list.length} prompts, ${labelled} with a kind; shares in percent`);
const head = [
  'vectors',
  'cosine',
  'least',
  'right kind',
  'more (error)',
  'same kind',
  ...DIALS.map((dial) => `same ${dial}`),
];
const rows = made.map((of, i) => [path.basename(positionals[i]), ...compare(list, of, made[0])]);
console.log(table([...head, 'shift, points'], rows));
