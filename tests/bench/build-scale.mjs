// Measures a large build: `signalbox build` on a made-up benchmark of many rows and models with existing embeddings.
//   node tests/bench/build-scale.mjs [rows] [models] [dim]          default 1000000 100 256
// Prints seconds, the peak memory of the process, and the sizes. Needs about 5 bytes of disk per row and dimension.
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { randomFrom } from '../package/support/fixtures.mjs';

const [rows = 1_000_000, models = 100, dim = 256] = process.argv.slice(2).map(Number);
const DATASETS = 40;
const BLOCK = 10_000;
const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'signalbox-scale-'));
const random = randomFrom(1);

function writeTable(file) {
  const out = openSync(file, 'w');
  writeSync(out, `dataset,id,prompt,${Array.from({ length: models }, (_, m) => `model-${m}`).join()}\n`);
  for (let first = 0; first < rows; first += BLOCK) {
    let text = '';
    for (let row = first; row < Math.min(rows, first + BLOCK); ++row) {
      text += `dataset-${row % DATASETS},${row},"Made-up prompt number ${row}, with a comma"`;
      for (let m = 0; m < models; ++m) text += random() < 0.3 + (0.5 * m) / models ? ',1' : ',0';
      text += '\n';
    }
    writeSync(out, text);
  }
  closeSync(out);
}

function writeMatrix(file) {
  const out = openSync(file, 'w');
  const header = `${`{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${dim}), }`.padEnd(117)}\n`;
  writeSync(out, Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length, 0]));
  writeSync(out, header);
  const block = new Float32Array(BLOCK * dim);
  for (let first = 0; first < rows; first += BLOCK) {
    const count = Math.min(BLOCK, rows - first) * dim;
    for (let i = 0; i < count; ++i) block[i] = random() - 0.5;
    writeSync(out, new Uint8Array(block.buffer, 0, 4 * count));
  }
  closeSync(out);
}

try {
  const [table, matrix, index] = ['table.csv', 'matrix.npy', 'index.sbx'].map((name) => path.join(folder, name));
  writeTable(table);
  writeMatrix(matrix);
  const preload = path.join(folder, 'preload.mjs');
  const peak = 'Math.round(process.resourceUsage().maxRSS / 1024)';
  writeFileSync(preload, `process.on('exit', () => console.error('peak ' + ${peak} + ' MiB'));`);
  const begin = performance.now();
  const args = ['--import', preload, cli, 'build', table, '--embeddings', matrix, '-o', index, '--no-measure'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1 << 26 });
  if (status !== 0) throw new Error(stderr);
  const seconds = (performance.now() - begin) / 1000;
  const last = (text, pattern) =>
    text
      .split('\n')
      .filter((line) => pattern.test(line))
      .at(-1) ?? '';
  console.log(`${rows} rows x ${models} models x ${dim} dimensions, int8`);
  console.log(
    `${seconds.toFixed(0)} s, ${last(stderr, /^peak/)}; table ${statSync(table).size} bytes, index ${statSync(index).size} bytes`,
  );
  console.log(last(stdout, /^distance estimator/));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
