// Measures how well the kinds of everyday prompts are told by an embedder (README.md here):
//   node models/everyday/measure.mjs [--embedder PLACE --logits N] [--tokens] [--public FILE]
// PLACE is that of the command; without it the shipped embedder is measured. N are the logits per cosine of its index.
// --tokens adds a weight per token and kind to the centroids. FILE has prompts of somebody else, one per line, as objects
// with `prompt` and `kind`, the names of one or more kinds. The package must be built (npm run build).
import { readdirSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { loadEmbedder } from '../../dist/cli/embedder-option.js';
import { openTokenizer } from '../../dist/embedding/tokenizer.js';
import { LOGITS_PER_COSINE, train } from './train.mjs';

const FOLDS = 5;
/** Least probability with which a kind is named. */
const NAMED = 0.75;

const parse = (text) => text.trim().split('\n').map(JSON.parse);
const { values: options } = parseArgs({
  options: {
    embedder: { type: 'string' },
    logits: { type: 'string', default: String(LOGITS_PER_COSINE) },
    tokens: { type: 'boolean', default: false },
    public: { type: 'string' },
  },
});
const training = { useTokens: options.tokens, logitsPerCosine: Number(options.logits) };

const folder = new URL('.', import.meta.url);
const hands = ['first', 'second', 'third', 'fourth', 'fifth'].filter((hand) =>
  readdirSync(folder).includes(`${hand}.jsonl`),
);
const rows = hands.flatMap((hand) =>
  parse(readFileSync(new URL(`${hand}.jsonl`, folder), 'utf8')).map((row) => ({ ...row, hand })),
);
const kinds = [...new Set(rows.map(({ kind }) => kind))];
const strangers = options.public === undefined ? [] : parse(readFileSync(options.public, 'utf8'));

const embedder = await loadEmbedder(options.embedder);
const tokenizer = openTokenizer(
  JSON.parse(readFileSync(new URL('../embedder/tokenizer.json', import.meta.url), 'utf8')),
);
for (const list of [rows, strangers]) {
  const embedded = await embedder.embed(list.map(({ prompt }) => prompt));
  for (const [i, row] of list.entries()) {
    row.vector = embedded[i].vector;
    row.labels = row.kind.split(' ').map((kind) => kinds.indexOf(kind));
    row.label = row.labels[0];
    row.tokens = tokenizer.encode(row.prompt, { add_special_tokens: false }).ids;
  }
}
embedder.dispose();

/** Returns the figures of a teller on rows that it has not seen. */
function judge(name, tested) {
  const sums = { first: 0, third: 0, named: 0, right: 0, loss: 0 };
  for (const { probabilities, labels } of tested) {
    const order = [...kinds.keys()].sort((a, b) => probabilities[b] - probabilities[a]);
    const isRight = labels.includes(order[0]);
    sums.first += isRight;
    sums.third += order.slice(0, 3).some((kind) => labels.includes(kind));
    sums.named += probabilities[order[0]] >= NAMED;
    sums.right += probabilities[order[0]] >= NAMED && isRight;
    sums.loss -= Math.log(Math.max(...labels.map((kind) => probabilities[kind])));
  }
  const mean = (sum) => (sum / tested.length).toFixed(3);
  const precision = (sums.right / sums.named).toFixed(3);
  console.log(
    `| ${name} | ${tested.length} | ${mean(sums.first)} | ${mean(sums.third)} | ${mean(sums.named)} | ${precision} | ${mean(sums.loss)} |`,
  );
}

const told = (teller, list) => list.map((row) => ({ ...row, probabilities: teller.tell(row) }));

console.log('| tested | rows | top 1 | top 3 | named | right if named | log loss |\n|---|---|---|---|---|---|---|');
const places = new Map(kinds.map((kind) => [kind, 0]));
const folds = rows.map(({ kind }) => {
  places.set(kind, places.get(kind) + 1);
  return places.get(kind) % FOLDS;
});
judge(
  `${FOLDS}-fold`,
  Array.from({ length: FOLDS }).flatMap((_, fold) => {
    const teller = train(
      rows.filter((_, i) => folds[i] !== fold),
      kinds.length,
      training,
    );
    return told(
      teller,
      rows.filter((_, i) => folds[i] === fold),
    );
  }),
);
for (const hand of hands) {
  const teller = train(
    rows.filter((row) => row.hand !== hand),
    kinds.length,
    training,
  );
  judge(
    `without ${hand}`,
    told(
      teller,
      rows.filter((row) => row.hand === hand),
    ),
  );
}
if (strangers.length > 0) judge('public', told(train(rows, kinds.length, training), strangers));
