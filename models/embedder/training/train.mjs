#!/usr/bin/env node
/**
 * Builds the static embedder from text pairs, from start to finish:
 *
 *   node models/embedder/training/train.mjs --corpus DIR [--eval DIR] [--out DIR] [--work DIR]
 *
 * --pieces, --steps, --rate and --seed change the recipe. Needs Debian's g++, libeigen3-dev, sentencepiece and zstd.
 * Stages whose results are in the work folder are skipped.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { evaluateFolder } from './evaluate.mjs';
import { exportModels } from './export.mjs';
import { tokeniseCorpus } from './tokenise.mjs';
import { tokenizerJson } from './tokenizer.mjs';
import { learnVocabulary } from './vocabulary.mjs';
import { collectWords } from './words.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const WIDTH = 256;
const TRAINER_SOURCES = ['train_table.cpp', 'start.cpp', 'pairs.cpp', 'contrastive_loss.cpp', 'embedding_bag.cpp'];
const COMPILER_FLAGS = '-std=c++20 -O3 -march=native -ffast-math -fopenmp -DNDEBUG -Wall -Wextra'.split(' ');
/** GCC 12 warns about its own AVX-512 header (GCC bug 105593). */
const FALSE_WARNINGS = ['-Wno-uninitialized', '-Wno-maybe-uninitialized'];

function log(message) {
  console.log(`[${process.uptime().toFixed(0)} s] ${message}`);
}

function runCommand(command, args, env = {}) {
  const child = spawn(command, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`${command} ended with ${code}`))));
  });
}

async function buildTrainer(work) {
  const binary = join(work, 'train_table');
  const eigen = ['-isystem', process.env.EIGEN3_INCLUDE_DIR ?? '/usr/include/eigen3'];
  const sources = TRAINER_SOURCES.map((file) => join(HERE, 'trainer', file));
  await runCommand('g++', [...COMPILER_FLAGS, ...FALSE_WARNINGS, ...eigen, ...sources, '-o', binary]);
  return binary;
}

/** Writes the tokenizer, its pieces one per line, and the token streams. */
function prepare(work, size) {
  const file = join(work, 'tokenizer.json');
  const prepared = { tokens: join(work, 'tokens'), pieces: join(work, 'pieces.txt') };
  if (!existsSync(file)) {
    log('learning the vocabulary');
    const pieces = learnVocabulary(join(work, 'words'), work, size);
    writeFileSync(prepared.pieces, `${pieces.join('\n')}\n`);
    log('tokenising');
    tokeniseCorpus(join(work, 'words'), prepared.tokens, tokenizerJson(pieces));
    writeFileSync(file, JSON.stringify(tokenizerJson(pieces)));
  }
  return { tokenizer: JSON.parse(readFileSync(file, 'utf8')), prepared };
}

function readFloats(file) {
  const bytes = readFileSync(file);
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
}

function flags(settings) {
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
}

/** Trains on one thread, for a fixed order of sums, unless the work folder has the table for these settings. */
async function trainTable(work, prepared, { steps, rate, seed }) {
  const out = join(work, 'table.f32');
  const record = join(work, 'table.json');
  const settings = { ...prepared, width: WIDTH, steps, rate, seed };
  if (!existsSync(record) || readFileSync(record, 'utf8') !== JSON.stringify(settings)) {
    log('building the trainer');
    const binary = await buildTrainer(work);
    log('training');
    await runCommand(binary, flags({ ...settings, out }), { OMP_NUM_THREADS: '1' });
    writeFileSync(record, JSON.stringify(settings));
  }
  const values = readFloats(out);
  return { rows: values.length / WIDTH, dim: WIDTH, values };
}

async function main() {
  const { values: options } = parseArgs({
    options: {
      corpus: { type: 'string' },
      eval: { type: 'string' },
      out: { type: 'string', default: dirname(HERE) },
      work: { type: 'string', default: join(tmpdir(), 'signalbox-embedder') },
      pieces: { type: 'string', default: '32000' },
      steps: { type: 'string', default: '4000' },
      rate: { type: 'string', default: '0.1' },
      seed: { type: 'string', default: '1' },
    },
  });
  if (options.corpus === undefined) throw new Error('--corpus DIR is missing: the folder of pairs-*.jsonl.zst');
  mkdirSync(options.work, { recursive: true });
  log('reading the corpus');
  await collectWords(options.corpus, join(options.work, 'words'), log);
  const { tokenizer, prepared } = prepare(options.work, options.pieces);
  const table = await trainTable(options.work, prepared, options);
  log('exporting');
  for (const file of exportModels(options.out, table, tokenizer)) {
    console.log(`${createHash('sha256').update(readFileSync(file)).digest('hex')}  ${file}`);
  }
  if (options.eval !== undefined) evaluateFolder(options.out, options.eval, { float: table });
}

await main();
