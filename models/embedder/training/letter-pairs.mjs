// Prints the costs of letter pairs in bindings/ts/embedding/gibberish.ts:
//   node models/embedder/training/letter-pairs.mjs FILE...
// A file has one text per line, as objects with `prompt`, `set` and `english`, whether the set is in English. A pair's
// probability is the mean over the sets, English and the other languages half each. A cost is -log2 of it in half bits.
import { readFileSync } from 'node:fs';
import process from 'node:process';

const LETTERS = 26;
/** Characters of a text that are read, lengths of words that count, and pairs that a set must have. */
const MOST_CHARACTERS = 3000;
const LENGTHS = [2, 20];
const LEAST_PAIRS = 1500;
/** Added to each pair, so that none is impossible. */
const PRIOR = 0.1;
const COSTS = [4, 20];

const sets = new Map();
for (const file of process.argv.slice(2)) {
  for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
    const { prompt, set, english } = JSON.parse(line);
    if (!sets.has(set)) sets.set(set, { english, texts: new Map() });
    const { texts } = sets.get(set);
    const plain = prompt.normalize('NFKD').replace(/\p{M}/gu, '').slice(0, MOST_CHARACTERS).toLowerCase();
    for (const word of new Set(plain.match(/[a-z]+/g) ?? [])) {
      if (word.length >= LENGTHS[0] && word.length <= LENGTHS[1]) texts.set(word, (texts.get(word) ?? 0) + 1);
    }
  }
}

/** Returns [26, 26] probabilities of the second letter after the first. A word counts as the logarithm of its texts. */
function probabilitiesOf({ english, texts }) {
  const counts = new Float64Array(LETTERS * LETTERS).fill(PRIOR);
  let total = 0;
  for (const [word, count] of texts) {
    if (english && count < 2) continue;
    for (let i = 1; i < word.length; ++i) {
      counts[(word.charCodeAt(i - 1) - 97) * LETTERS + word.charCodeAt(i) - 97] += Math.log1p(count);
      total += Math.log1p(count);
    }
  }
  if (total < LEAST_PAIRS) return undefined;
  return counts.map((count, at) => {
    const first = Math.floor(at / LETTERS) * LETTERS;
    return count / counts.subarray(first, first + LETTERS).reduce((sum, x) => sum + x, 0);
  });
}

const groups = { english: [], others: [] };
for (const set of sets.values()) {
  const probabilities = probabilitiesOf(set);
  if (probabilities !== undefined) groups[set.english ? 'english' : 'others'].push(probabilities);
}
const mean = (group, at) => group.reduce((sum, p) => sum + p[at], 0) / group.length;
for (let first = 0; first < LETTERS; ++first) {
  let line = '';
  for (let second = 0; second < LETTERS; ++second) {
    const at = first * LETTERS + second;
    const cost = Math.round(-2 * Math.log2((mean(groups.english, at) + mean(groups.others, at)) / 2));
    line += String.fromCharCode(97 + Math.min(COSTS[1], Math.max(COSTS[0], cost)) - COSTS[0]);
  }
  console.log(`  '${line}',`);
}
