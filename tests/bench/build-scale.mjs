// Measures builds of many rows, and what reads the indexes: `signalbox build` on made-up benchmarks, then `inspect`,
// `export` and `route --file`.
//   npm run bench -- build-scale [--rows 10000,100000,1000000] [--models 10] [--dim 256] [--texts] [--json]
// With --texts the shipped embedder embeds made-up prompts of 20 words; otherwise rows come with vectors of --dim.
// Needs about 5 bytes of disk per row and dimension. Processor time and memory are those of each command's process.
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { randomFrom } from '../package/support/fixtures.mjs';
import { table } from './table.mjs';

const DATASETS = 40;
const BLOCK = 10_000;
const MOST_ROUTED = 10_000;
const WORDS =
  'how many a the apples prime sum proof of write python function sorts list city river when was text say'.split(' ');
const USAGE = `process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  console.error(\`usage \${maxRSS / 1024} \${(userCPUTime + systemCPUTime) / 1e6}\`);
});`;
const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '10000,100000,1000000' },
    models: { type: 'string', default: '10' },
    dim: { type: 'string', default: '256' },
    texts: { type: 'boolean' },
    json: { type: 'boolean' },
  },
});
const models = Number(values.models);
const dim = Number(values.dim);
const random = randomFrom(1);

/** Returns the prompt of a row: 20 words and its number. */
function promptOf(row) {
  const words = Array.from({ length: 20 }, () => WORDS[Math.floor(random() * WORDS.length)]);
  return `"${words.join(' ')}, number ${row}"`;
}

/** Writes a file block by block; `rowsOf` returns the text or bytes of some rows. */
function writeBlocks(file, rows, head, rowsOf) {
  const out = openSync(file, 'w');
  writeSync(out, head);
  for (let first = 0; first < rows; first += BLOCK) writeSync(out, rowsOf(first, Math.min(rows, first + BLOCK)));
  closeSync(out);
}

function writeTable(file, rows) {
  const head = `dataset,id,prompt,${Array.from({ length: models }, (_, m) => `model-${m}`).join()}\n`;
  writeBlocks(file, rows, head, (first, last) => {
    let text = '';
    for (let row = first; row < last; ++row) {
      text += `dataset-${row % DATASETS},${row},${promptOf(row)}`;
      for (let m = 0; m < models; ++m) text += random() < 0.3 + (0.5 * m) / models ? ',1' : ',0';
      text += '\n';
    }
    return text;
  });
}

function writePrompts(file, rows) {
  writeBlocks(file, rows, '', (first, last) =>
    Array.from({ length: last - first }, (_, i) => `{"prompt":${promptOf(first + i)}}\n`).join(''),
  );
}

function writeMatrix(file, rows) {
  const shape = `${`{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${dim}), }`.padEnd(117)}\n`;
  const magic = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, shape.length, 0]);
  writeBlocks(file, rows, Buffer.concat([magic, Buffer.from(shape)]), (first, last) => {
    const block = Float32Array.from({ length: (last - first) * dim }, () => random() - 0.5);
    return new Uint8Array(block.buffer);
  });
}

/** Runs the command in `folder`; returns its processor time and the peak of its memory. */
function run(folder, ...args) {
  const preload = path.join(folder, 'preload.mjs');
  writeFileSync(preload, USAGE);
  const begin = performance.now();
  const { status, stderr } = spawnSync(process.execPath, ['--import', preload, cli, ...args], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', openSync(path.join(folder, 'printed'), 'w'), 'pipe'],
    maxBuffer: 1 << 26,
  });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
  const [, mebibytes, seconds] = /usage (\S+) (\S+)\s*$/.exec(stderr) ?? [];
  return { mebibytes: Number(mebibytes), processorS: Number(seconds), s: (performance.now() - begin) / 1000 };
}

/** Yields the commands of one number of rows with what each took, and the bytes of its output. */
function* measure(rows) {
  const folder = mkdtempSync(path.join(tmpdir(), 'signalbox-scale-'));
  const sizeOf = (name) => statSync(path.join(folder, name)).size;
  try {
    writeTable(path.join(folder, 'table.csv'), rows);
    if (!values.texts) writeMatrix(path.join(folder, 'matrix.npy'), rows);
    const vectors = values.texts ? ['--no-cache'] : ['--embeddings', 'matrix.npy'];
    const took = run(folder, 'build', 'table.csv', ...vectors, '-o', 'index.sbx', '--no-measure', '--json');
    rmSync(path.join(folder, 'matrix.npy'), { force: true });
    yield { command: 'build --json', rows, ...took, outputBytes: sizeOf('index.sbx') };
    yield {
      command: 'inspect --json',
      rows,
      ...run(folder, 'inspect', 'index.sbx', '--json'),
      outputBytes: sizeOf('printed'),
    };
    for (const ending of ['csv', 'jsonl', 'parquet']) {
      const output = `exported.${ending}`;
      yield {
        command: `export -o .${ending}`,
        rows,
        ...run(folder, 'export', 'index.sbx', '-o', output),
        outputBytes: sizeOf(output),
      };
    }
    if (!values.texts || rows > MOST_ROUTED) return;
    writePrompts(path.join(folder, 'prompts.jsonl'), rows);
    const routed = run(folder, 'route', '--file', 'prompts.jsonl', '-o', 'routed.jsonl');
    yield { command: 'route --file', rows, ...routed, outputBytes: sizeOf('routed.jsonl') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const results = [];
for (const rows of values.rows.split(',').map(Number)) {
  for (const result of measure(rows)) {
    console.error(`signalbox bench: ${result.command}, ${rows} rows`);
    results.push(result);
  }
}
if (values.json) console.log(JSON.stringify(results, null, 2));
else {
  const from = values.texts ? 'texts, embedded by the shipped embedder' : `vectors of ${dim} dimensions`;
  console.log(`${models} models, ${from}, int8 rows.\n`);
  const cells = results.map(({ command, rows, s, processorS, mebibytes, outputBytes }) => [
    command,
    String(rows),
    processorS.toFixed(1),
    s.toFixed(1),
    mebibytes.toFixed(0),
    (outputBytes / 1e6).toFixed(1),
  ]);
  console.log(table(['command', 'rows', 'processor s', 's', 'peak MiB', 'output MB'], cells));
}
