// `signalbox build` as a user runs it: from the files that these tests write to a routed prompt.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { Router } from '../../../dist/index.js';
import {
  csv,
  fails,
  folder,
  inOwnFolders,
  isRight,
  MODELS,
  QUICK,
  read,
  rows,
  run,
  runs,
  runsJson,
  write,
} from '../building/fixtures.mjs';
import { randomFrom, randomVectors } from '../support/fixtures.mjs';

inOwnFolders();

describe('signalbox build', () => {
  it('builds an index that routes, and reports its content and the cost of other choices', async () => {
    write('results.csv', csv(MODELS));
    const text = await runs('build', 'results.csv', '-o', 'mine.sbx');
    assert.match(text, /wide: 1 file, 90 rows x 3 models, 3 datasets/);
    assert.match(text, /alternatives, on 90 rows of 3 datasets, each held out/);
    assert.match(text, /binary +128 +100%/);
    assert.match(text, /wrote mine\.sbx/);
    const decision = await runsJson('route', 'What is 12 plus 40, as a number?', '--index', 'mine.sbx');
    assert.equal(decision.model, 'small');
    const info = await runsJson('inspect', 'mine.sbx');
    assert.equal(info.rows, 90);
    assert.deepEqual(info.metadata.datasets[0], { name: 'code', metric: 'score', range: [0, 1], threshold: null });
    assert.match(await runs('inspect', 'mine.sbx', '--all'), /sums +30 +score/);
  });

  it('reports on the files and writes nothing with --dry-run', async () => {
    write('results.csv', csv(MODELS));
    const report = await runsJson('build', 'results.csv', '--dry-run');
    assert.equal(report.rows, 90);
    assert.equal(report.source, 'wide');
    assert.ok(report.estimatedBytes.int8 < report.estimatedBytes.float32);
    assert.deepEqual(readdirSync(folder), ['results.csv']);
  });

  it('writes the same bytes for any order and form of the files', async () => {
    write('a/one.csv', csv(['small', 'large']));
    write('a/two.csv.gz', gzipSync(csv(['middle'])));
    write(
      'b/rows.jsonl',
      rows()
        .reverse()
        .flatMap(({ i, ...row }) =>
          MODELS.map((model) => JSON.stringify({ ...row, model, score: isRight(row.dataset, model, i) })),
        )
        .join('\n'),
    );
    await runs('build', 'a', '-o', 'a.sbx', ...QUICK);
    await runs('build', 'b', '-o', 'b.sbx', ...QUICK);
    assert.deepEqual(read('a.sbx'), read('b.sbx'));
  });

  it('refuses several metrics until one is chosen, and then records it', async () => {
    const lines = rows(4).flatMap(({ i, ...row }) =>
      MODELS.flatMap((model) => [
        { ...row, model, metric: 'f1', score: 0.5 },
        { ...row, model, metric: 'exact', score: isRight(row.dataset, model, i) },
      ]),
    );
    write('long.jsonl', lines.map((line) => JSON.stringify(line)).join('\n'));
    await fails(
      'invalid_argument',
      /code: exact, f1\n.*sums: exact, f1/s,
      'build',
      'long.jsonl',
      '-o',
      'x.sbx',
      ...QUICK,
    );
    assert.ok(!existsSync(path.join(folder, 'x.sbx')));
    const args = ['--metric', 'exact', '--metric', 'words=f1', '--threshold', 'words=0.4'];
    await runs('build', 'long.jsonl', '-o', 'x.sbx', ...args, ...QUICK);
    const { metadata } = await runsJson('inspect', 'x.sbx');
    assert.deepEqual(metadata.datasets.at(-1), { name: 'words', metric: 'f1', range: [0, 1], threshold: 0.4 });
  });

  it('names the file, line and reason of a defect, and writes nothing', async () => {
    write('results.csv', `${csv(MODELS)}\nsums,99,cut off`);
    await fails(
      'invalid_argument',
      /results\.csv, line 92: got 3 cells, expected 6/,
      'build',
      '.',
      '-o',
      'x.sbx',
      ...QUICK,
    );
    write('results.csv', gzipSync(csv(MODELS)).subarray(0, 100));
    await fails('truncated', /results\.csv is not complete gzip/, 'build', '.', '-o', 'x.sbx', ...QUICK);
    assert.deepEqual(readdirSync(folder), ['results.csv']);
  });

  it('lists the known formats for unknown files', async () => {
    write('notes.txt', 'nothing');
    await fails(
      'invalid_argument',
      /no benchmark results found in notes\.txt: expected a table .* the files of a tool: helm, lm-eval/,
      'build',
      'notes.txt',
      '-o',
      'x.sbx',
    );
    await fails('network', /no-such could not be read/, 'build', 'no-such', '-o', 'x.sbx');
    const { code, stderr } = await run(['build', 'notes.txt']);
    assert.equal(code, 2);
    assert.match(stderr, /expected --output FILE/);
  });

  it('reads prices from a list, and reports models without a price', async () => {
    write('results.csv', csv(MODELS));
    const list = [{ id: 'Org/LARGE', pricing: { prompt: '0.000002', completion: '0.000004' } }];
    write('prices.json', JSON.stringify({ data: list }));
    const built = await runsJson('build', 'results.csv', '-o', 'x.sbx', '--prices', 'prices.json', ...QUICK);
    assert.deepEqual(built.unpriced, ['middle', 'small']);
    const { models } = await runsJson('inspect', 'x.sbx');
    assert.deepEqual([models[0].name, models[0].usdPerMTokIn, models[0].usdPerMTokOut], ['large', 2, 4]);
    write('prices.json', '{');
    await fails('invalid_argument', /prices\.json/, 'build', 'results.csv', '-o', 'x.sbx', '--prices', 'prices.json');
  });

  it('obeys --max-rows, --dims and --codes', async () => {
    write('results.csv', csv(MODELS));
    const args = ['--max-rows', '45', '--dims', '64', '--codes', 'binary', '--no-cache'];
    const text = await runs('build', 'results.csv', '-o', 'x.sbx', ...args);
    assert.match(text, /not used: 4\d samples beyond --max-rows/);
    const info = await runsJson('inspect', 'x.sbx');
    assert.ok(info.rows <= 45 && info.rows >= 42, `${info.rows} rows`);
    assert.equal(info.dim, 64);
    assert.equal(info.codes, 'binary');
    assert.ok(info.tasks.every(({ rows: n }) => n >= 14));
    const decision = await runsJson('route', 'What is 12 plus 40, as a number?', '--index', 'x.sbx');
    assert.equal(decision.model, 'small', 'prompts are cut to the same dimensions as the rows');
    await fails(
      'invalid_argument',
      /129 dimensions, expected 1 to 128/,
      'build',
      'results.csv',
      '-o',
      'y.sbx',
      '--dims',
      '129',
    );
  });

  it('keeps the written index if the measuring after it is stopped', async () => {
    write('results.csv', csv(MODELS, 300));
    const stopped = await run(['build', 'results.csv', '-o', 'x.sbx', '--no-cache'], {
      onStderr: (child, text) => {
        if (text.includes('measuring')) child.kill('SIGINT');
      },
    });
    assert.equal(stopped.code, 0, stopped.stderr);
    assert.match(stopped.stdout, /wrote x\.sbx/);
    assert.doesNotMatch(stopped.stdout, /choices/);
    assert.equal((await runsJson('inspect', 'x.sbx')).rows, 900);
  });

  it('resumes from the cached vectors of a stopped build', async () => {
    write('results.csv', csv(MODELS, 400));
    const cache = path.join(folder, 'cache');
    const stopped = await run(['build', 'results.csv', '-o', 'x.sbx', '--cache', cache, '--no-measure'], {
      onStderr: (child, text) => {
        if (text.includes('embedding')) child.kill('SIGINT');
      },
    });
    assert.equal(stopped.code, 130);
    assert.match(stopped.stderr, /\(aborted\)/);
    assert.deepEqual(readdirSync(folder).sort(), ['cache', 'results.csv']);
    await runs('build', 'results.csv', '-o', 'x.sbx', '--cache', cache, '--no-measure');
    const [name] = readdirSync(cache);
    const size = () =>
      readdirSync(path.join(cache, name)).reduce((sum, f) => sum + readFileSync(path.join(cache, name, f)).length, 0);
    const before = size();
    await runs('build', 'results.csv', '-o', 'y.sbx', '--cache', cache, '--no-measure');
    assert.equal(size(), before, 'nothing was embedded twice');
    await runs('build', 'results.csv', '-o', 'z.sbx', ...QUICK);
    assert.deepEqual(read('y.sbx'), read('x.sbx'));
    assert.deepEqual(read('z.sbx'), read('x.sbx'));
  });
});

describe('embeddings in the data', () => {
  const DIM = 12;
  const vectors = (count) => randomVectors(randomFrom(5), count, DIM);

  function npy(values, count) {
    const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${count}, ${DIM}), }`;
    const padded = `${header.padEnd(117)}\n`;
    const start = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, padded.length & 255, padded.length >> 8]);
    return Buffer.concat([
      start,
      Buffer.from(padded),
      Buffer.from(values.buffer, values.byteOffset, values.byteLength),
    ]);
  }

  function parquet(from, to, all) {
    const part = rows().slice(from, to);
    const column = (name, type, data) => ({ name, type, data });
    return Buffer.from(
      parquetWriteBuffer({
        columnData: [
          column(
            'dataset',
            'STRING',
            part.map(({ dataset }) => dataset),
          ),
          column(
            'id',
            'STRING',
            part.map(({ id }) => id),
          ),
          ...MODELS.map((model) =>
            column(
              model,
              'DOUBLE',
              part.map(({ dataset, i }) => isRight(dataset, model, i)),
            ),
          ),
          { name: 'embedding', data: part.map((_, i) => [...all.subarray((from + i) * DIM, (from + i + 1) * DIM)]) },
        ],
      }),
    );
  }

  it('may be the rows of a matrix or a column of Parquet, in parts, with the same index', async () => {
    const all = vectors(90);
    write('results.csv', csv(MODELS));
    write('e.npy', npy(all, 90));
    write('parts/part-0.parquet', parquet(0, 40, all));
    write('parts/part-1.parquet', parquet(40, 90, all));
    await runs(
      'build',
      'results.csv',
      '-o',
      'npy.sbx',
      '--embeddings',
      'e.npy',
      '--embedder-id',
      'mine',
      '--no-measure',
    );
    await runs('build', 'parts', '-o', 'parquet.sbx', '--embedder-id', 'mine', '--no-measure');
    const fromNpy = await Router.load({ index: path.join(folder, 'npy.sbx'), embedder: null });
    const fromParquet = await Router.load({ index: path.join(folder, 'parquet.sbx'), embedder: null });
    assert.equal(fromNpy.info.embedder.id, 'mine');
    assert.equal(fromNpy.info.dim, DIM);
    const vector = all.subarray(41 * DIM, 42 * DIM);
    const decision = await fromNpy.route(vector, { neighbours: 1 });
    assert.deepEqual([decision.neighbours[0].task, decision.neighbours[0].id], ['words', '11']);
    assert.deepEqual(await fromParquet.route(vector, { neighbours: 1 }), decision);
    fromNpy.dispose();
    fromParquet.dispose();
  });

  it('must match the number of rows', async () => {
    write('results.csv', csv(MODELS));
    write('e.npy', npy(vectors(89), 89));
    await fails(
      'dimension_mismatch',
      /89 rows, the data has 90/,
      'build',
      'results.csv',
      '-o',
      'x.sbx',
      '--embeddings',
      'e.npy',
    );
  });

  it('are not mixed with rows without embeddings', async () => {
    const [first, second] = rows();
    const line = (row, more) => JSON.stringify({ dataset: row.dataset, id: row.id, prompt: row.prompt, m: 1, ...more });
    write('r.jsonl', [line(first, { embedding: [1, 2] }), line(second, {})].join('\n'));
    await fails('invalid_argument', /some rows have an embedding, but 1 has none/, 'build', 'r.jsonl', '-o', 'x.sbx');
    write('r.jsonl', [line(first, { embedding: [1, 2] }), line(second, { embedding: [1] })].join('\n'));
    await fails('dimension_mismatch', /1 values, expected 2/, 'build', 'r.jsonl', '-o', 'x.sbx');
  });
});
