/** Learns a vocabulary of word pieces with SentencePiece's `spm_train` from the word counts of the corpus. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sourceWeight } from './corpus.mjs';
import { UNKNOWN } from './tokenizer.mjs';
import { readNumbers, readSources, readWords } from './words.mjs';

const MAX_WORD_LENGTH = 40;
const MAX_DISTINCT_WORDS = 500_000;
const TOTAL_COUNT = 1e8;
/** spm_train keeps the most frequent characters that cover this share of the text; the rest is unknown. */
const CHARACTER_COVERAGE = 0.99995;
const WORD_START = '\u2581';

/** Returns the expected frequency of each word in training, given the weights of the sources. */
export function weightedCounts(folder) {
  const sources = readSources(folder);
  const total = sources.reduce((sum, { name, pairs }) => sum + sourceWeight(name, pairs), 0);
  const counts = new Float64Array(readWords(folder).length);
  for (const { name, pairs } of sources) {
    const words = readNumbers(join(folder, `${name}.words`));
    const each = (TOTAL_COUNT * sourceWeight(name, pairs)) / (total * words.length);
    for (const word of words) counts[word] += each;
  }
  return counts;
}

function writeCounts(folder, file) {
  const words = readWords(folder);
  const counts = weightedCounts(folder);
  const order = [...words.keys()].filter((i) => counts[i] >= 1 && [...words[i]].length <= MAX_WORD_LENGTH);
  order.sort((i, j) => counts[j] - counts[i] || i - j);
  const lines = order.slice(0, MAX_DISTINCT_WORDS).map((i) => `${words[i]}\t${Math.round(counts[i])}`);
  writeFileSync(file, `${lines.join('\n')}\n`);
}

function runSpmTrain(options) {
  const { error, status } = spawnSync(
    'spm_train',
    Object.entries(options).map(([key, value]) => `--${key}=${value}`),
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  if (error?.code === 'ENOENT') throw new Error('spm_train is missing: apt-get install sentencepiece');
  if (error) throw error;
  if (status !== 0) throw new Error(`spm_train ended with ${status}`);
}

/** Reads the pieces in order of their number: the unknown one first, pieces inside a word with a leading '##'. */
function readPieces(vocabularyFile) {
  const learned = readFileSync(vocabularyFile, 'utf8').trimEnd().split('\n');
  const pieces = learned.map((line) => line.slice(0, line.lastIndexOf('\t')));
  const known = new Set([UNKNOWN]);
  for (const piece of pieces) {
    if (piece.startsWith('<') && piece.endsWith('>') && piece.length > 2) continue;
    if (piece === WORD_START) continue;
    if (piece.startsWith(WORD_START)) known.add(piece.slice(1));
    else known.add(`##${piece}`);
  }
  return known;
}

/**
 * Adds every letter and digit as a start and as a continuation, so that a word of known characters is never unknown.
 */
function addSingleCharacters(pieces) {
  for (const piece of [...pieces]) {
    const bare = piece.startsWith('##') ? piece.slice(2) : piece;
    if ([...bare].length !== 1) continue;
    if (/[\p{L}\p{M}\p{N}]/u.test(bare)) pieces.add(bare).add(`##${bare}`);
    else {
      pieces.delete(piece);
      pieces.add(bare);
    }
  }
}

/** Learns about `size` pieces; sorts all but the unknown one, which compresses a third better. */
export function learnVocabulary(wordsFolder, workFolder, size) {
  const counts = join(workFolder, 'word-counts.tsv');
  const prefix = join(workFolder, 'spm');
  writeCounts(wordsFolder, counts);
  runSpmTrain({
    input: counts,
    input_format: 'tsv',
    model_prefix: prefix,
    model_type: 'bpe',
    vocab_size: size,
    character_coverage: CHARACTER_COVERAGE,
    normalization_rule_name: 'identity',
    split_by_unicode_script: false,
    bos_id: -1,
    eos_id: -1,
    num_threads: 1,
    minloglevel: 1,
  });
  const pieces = readPieces(`${prefix}.vocab`);
  addSingleCharacters(pieces);
  const [unknown, ...rest] = pieces;
  return [unknown, ...rest.sort((x, y) => (x < y ? -1 : 1))];
}
