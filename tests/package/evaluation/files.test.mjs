// Files that an evaluation reads and writes: hostile matrices, conditions on models, outcomes, scores, whole files.
import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { parseBaseline, readBaseline } from '../../../dist/evaluation/disk/baseline.js';
import { readEmbeddings } from '../../../dist/evaluation/disk/embeddings.js';
import { readData } from '../../../dist/evaluation/disk/read-data.js';
import { parseModelFilter } from '../../../dist/evaluation/model-filter.js';
import { openNpy } from '../../../dist/files/disk/npy.js';
import { toJson, writeWhole } from '../../../dist/files/disk/output.js';
import { globMatcher } from '../../../dist/importing/glob.js';
import { refused } from '../support/fixtures.mjs';
import { csv, dataRows, MODELS, npy, temporaryFolder, writeBenchmark } from './fixtures.mjs';

const folder = temporaryFolder();

async function readNpy(place) {
  const matrix = await openNpy(place);
  try {
    return { rows: matrix.count, dim: matrix.dim, values: await matrix.read(0, matrix.count) };
  } finally {
    await matrix.close();
  }
}

async function file(name, content) {
  const place = path.join(folder, name);
  await writeFile(place, content);
  return place;
}

describe('a .npy matrix', () => {
  const values = [1, 2, 3, 4, 5, 6];
  const refusedNpy = async (bytes, code, pattern) => refused(readNpy(await file('bad.npy', bytes)), code, pattern);

  it('is read in every version of the header', async () => {
    for (const version of [1, 2, 3]) {
      const matrix = await readNpy(await file('good.npy', npy(2, 3, values, { version })));
      assert.deepEqual(matrix, { rows: 2, dim: 3, values: Float32Array.from(values) });
    }
  });

  it('is refused if it is something else', async () => {
    await refused(readNpy(path.join(folder, 'none.npy')), 'network', /none\.npy/);
    await refusedNpy(Buffer.from('PK\x03\x04 a zip file'), 'bad_magic', /NUMPY/);
    await refusedNpy(npy(2, 3, values, { version: 4 }), 'unsupported_version', /version 4/);
    await refusedNpy(npy(2, 3, values, { descr: '<f8' }), 'bad_section', /<f8/);
    await refusedNpy(npy(2, 3, values, { descr: '>f4' }), 'bad_section', />f4/);
    await refusedNpy(npy(2, 3, values, { descr: '|O' }), 'bad_section', /\|O/);
    await refusedNpy(npy(2, 3, values, { fortran: 'True' }), 'bad_section', /Fortran/);
  });

  it('is refused if its shape is not two positive integers', async () => {
    for (const shape of ['(6,)', '(1, 2, 3)', '()', '(-2, 3)', '(2.0, 3)', '(2, x)', '(0, 3)', '(2, 0)']) {
      await refusedNpy(npy(2, 3, values, { shape }), 'bad_section');
    }
    await refusedNpy(npy(2, 3, values, { shape: '(99999999999, 99999999999)' }), 'size_overflow', /99999999999/);
    await refusedNpy(npy(2, 3, values, { shape: '(1000000, 100)' }), 'truncated', /400000000/);
    await refusedNpy(npy(2, 3, values, { shape: '(2, 2)' }), 'bad_section', /24 bytes/);
  });

  it('is refused if truncated anywhere', async () => {
    const whole = npy(2, 3, values);
    for (const length of [0, 5, 6, 9, 10, 11, 60, whole.length - 1]) {
      await refusedNpy(whole.subarray(0, length), 'truncated');
    }
    const long = npy(2, 3, values, { version: 2 });
    long.writeUInt32LE(0xffffffff, 8);
    await refusedNpy(long, 'bad_section', /4294967295/);
  });

  it('is refused if a value is not finite', async () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      await refusedNpy(npy(2, 3, [1, 2, 3, 4, bad, 6]), 'non_finite', /row 1/);
    }
  });

  it('has the rows of the data file, from which the used ones are taken', async () => {
    const data = { fileRows: 3, sourceRows: [0, 2] };
    const place = await file('rows.npy', npy(3, 2, [1, 2, 3, 4, 5, 6]));
    assert.deepEqual(await readEmbeddings(place, data), { vectors: Float32Array.from([1, 2, 5, 6]), dim: 2 });
    await refused(readEmbeddings(place, { ...data, fileRows: 2 }), 'dimension_mismatch', /rows\.npy: .*3 rows.*2/);
  });

  it('is read in blocks, and checked in rows that are not used', async () => {
    const [rows, dim] = [1030, 1030]; // 1,018 of these rows are a block.
    const values = Float32Array.from({ length: rows * dim }, (_, i) => i % 9973);
    const data = { fileRows: rows, sourceRows: [0, 1017, 1018, 1029] };
    const place = await file('blocks.npy', npy(rows, dim, values));
    const { vectors } = await readEmbeddings(place, data);
    const expected = data.sourceRows.flatMap((row) => [...values.subarray(row * dim, (row + 1) * dim)]);
    assert.deepEqual([...vectors], expected);
    values[1025 * dim] = Number.NaN;
    const bad = await file('bad-block.npy', npy(rows, dim, values));
    await refused(readEmbeddings(bad, data), 'non_finite', /bad-block\.npy: row 1025/);
  });
});

describe('a condition on models', () => {
  const model = { name: 'a/b-7B', params_b: 7, complete: true, type: 'chat', near: '' };
  const holds = (text, fields = model) => parseModelFilter(text)(fields);

  it('compares numbers, texts and flags', () => {
    for (const text of [
      'params_b<=7',
      'params_b < 7.5 and params_b >= 7',
      'params_b==7',
      'params_b=7',
      'params_b!=8',
      'complete',
      'complete=true',
      'not complete=false',
      'not near',
      'not not complete',
      "type='chat'",
      'type="chat" and type!=base',
      'name=a/b-7B',
      'type<d',
    ]) {
      assert.equal(holds(text), true, text);
      assert.equal(holds(`not ${text.split(' and ')[0]}`), false, `not ${text}`);
    }
  });

  it('does not match fields that a model does not have', () => {
    for (const text of ['absent', 'absent<=1', 'absent>=1', 'absent=1', 'constructor', '__proto__', 'toString']) {
      assert.equal(holds(text), false, text);
    }
    assert.equal(holds('absent!=1'), true);
    assert.equal(holds('not near_duplicate_of'), true);
    assert.equal(holds('params_b<="7"'), false, 'a text is not a number');
  });

  it('is refused if it is malformed', async () => {
    for (const text of ['', ' ', 'and', 'complete and', 'complete params_b', 'params_b<=', '<=7', 'a==and b', 'f(1)']) {
      await refused(() => parseModelFilter(text), 'invalid_argument', /--models-where/);
    }
    for (const text of ['process.exit(1)', 'a;b', 'a || b', '7', "a='b", 'a<=<7']) {
      await refused(() => parseModelFilter(text), 'invalid_argument', /--models-where/);
    }
  });
});

describe('globs', () => {
  it('match whole names, and only * and ? are special', () => {
    const matches = globMatcher(['math_*_hard', 'a.c', 'x?z']);
    for (const name of ['math_a_hard', 'math__hard', 'a.c', 'xyz']) assert.ok(matches(name), name);
    for (const name of ['math_a_hard2', 'abc', 'xz', 'my math_a_hard']) assert.ok(!matches(name), name);
    assert.ok(!globMatcher([])('anything'));
  });

  it('match hostile patterns quickly', () => {
    const start = performance.now();
    globMatcher([`${'*'.repeat(60)}b`])('a'.repeat(5000));
    assert.ok(performance.now() - start < 1000);
  });
});

describe('the outcomes', () => {
  const read = async (rows, options = {}, models = MODELS) =>
    readData({ ...(await writeBenchmark(folder, { rows, models })), ...options });
  const header = ['dataset', 'id', 'prompt', 'answer', 'm0', 'm1'];
  const two = [{ name: 'm0', params_b: 1 }, { name: 'm1' }];

  it('are read with their tasks, prompts and models', async () => {
    const data = await read(dataRows(), { modelsWhere: 'not near_duplicate_of' });
    assert.deepEqual(data.taskNames, ['sums', 'integrals', 'poems', 'letters']);
    assert.deepEqual(data.models[2], { name: 'generalist-70b', paramsB: 70, usdPerMTokIn: 1, usdPerMTokOut: 1 });
    assert.equal(data.models.length, 3);
    assert.equal(data.outcomes.length, 80 * 3);
    assert.equal(data.unusedColumns, 1);
    assert.match(data.sha256, /^[0-9a-f]{64}$/);
  });

  it('count every dropped row by reason', async () => {
    const rows = [
      header,
      ['a', '0', 'one\n"two", three', '', 1, ''],
      ['a', '1', 'p', '', '', ''],
      ['a', '2', 'p', '', 'yes', 0],
      ['a', '3', 'p', '', 1.5, 0],
      ['a', '4', 'p', '', 0],
      ['b', '5', 'p', '', 0.25, 0],
      ['c', '6', 'p', '', 0, 0],
    ];
    const data = await read(rows, { excludeTasks: ['c*'] }, two);
    assert.deepEqual(data.dropped, {
      task_left_out: 1,
      wrong_number_of_cells: 1,
      outcome_out_of_range: 2,
      no_outcome: 1,
    });
    assert.equal(data.fileRows, 7);
    assert.deepEqual(data.sourceRows, [0, 5]);
    assert.deepEqual(data.prompts, ['one\n"two", three', 'p']);
    assert.deepEqual([...data.outcomes], [1, Number.NaN, 0.25, 0]);
  });

  it('are refused if most rows have outcomes of another range', async () => {
    const rows = [header, ...[100, 0, 80].map((score, i) => [`t${i % 2}`, i, 'p', '', score, 0])];
    const message = /outcomes\.csv.*: 2 of 3 rows have an outcome that is not a number from 0 to 1, such as '100'/;
    await refused(read(rows, {}, two), 'invalid_argument', message);
  });

  it('number equal prompts equally', async () => {
    const rows = [header, ...['p', 'q', 'p', 'p '].map((prompt, i) => [`t${i % 2}`, i, prompt, '', 1, 0])];
    assert.deepEqual([...(await read(rows, {}, two)).inputs], [0, 1, 0, 2]);
  });

  it('may be limited to chosen tasks', async () => {
    assert.deepEqual((await read(dataRows(), { tasks: ['*s'], excludeTasks: ['poems'] })).taskNames, [
      ...['sums', 'integrals', 'letters'],
    ]);
    await refused(read(dataRows(), { tasks: ['sums'] }), 'invalid_argument', /at least two/);
  });

  it('are refused if they are not a table of outcomes', async () => {
    await refused(read([['id', 'prompt']], {}), 'invalid_argument', /'dataset'/);
    await refused(read([[...header, 'm0']], {}, two), 'invalid_argument', /two columns 'm0'/);
    await refused(read(dataRows(), { modelsWhere: 'params_b>99' }), 'invalid_argument', /0 models/);
    await refused(read(dataRows(), {}, [...two, { name: 'm0' }]), 'invalid_argument', /same name/);
    await refused(read(dataRows(), {}, [{}]), 'invalid_argument', /has no name/);
    const models = await file('two.json', JSON.stringify(two));
    const refusedFile = async (name, bytes, code, pattern) =>
      refused(readData({ data: await file(name, bytes), models }), code, pattern);
    await refusedFile('empty.csv', '', 'invalid_argument', /is empty/);
    await refusedFile('quote.csv', `${header.join()}\na,0,"never closed`, 'invalid_argument', /quote/i);
    await refusedFile('plain.csv.gz', csv([header]), 'bad_magic', /not gzip/);
    await refusedFile('cut.csv.gz', gzipSync(csv([header, ...dataRows()])).subarray(0, 400), 'truncated', /ends early/);
    const bomb = gzipSync(`${header.join()}\n${'\n'.repeat(1e8)}`);
    await refusedFile('bomb.csv.gz', bomb, 'size_overflow', /bomb\.csv\.gz: \d+ bytes decompress to more/);
    await refused(readData({ data: 'none.csv', models }), 'network', /none\.csv/);
    await refused(readData({ data: 'none.csv', models: await file('bad.json', '[') }), 'invalid_argument', /bad\.json/);
  });

  it('are not read after an abort', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await refused(read(dataRows(), { signal }), 'aborted');
  });

  it('have costs by dataset and id, even for repeated ids', async () => {
    const rows = [header, ...['p', 'q', 'r'].map((p, i) => ['ab'[i % 2], 'same', p, '', 1, 0])];
    const costs = await file(
      'costs.csv',
      csv([
        ['dataset', 'id', 'm1'],
        ['a', 'same', 0.1],
        ['a', 'same', 0.3],
        ['b', 'same', 0.2],
        ['z', 'x', 9],
      ]),
    );
    const data = await read(rows, { costs }, two);
    assert.deepEqual([...data.costs], [Number.NaN, 0.1, Number.NaN, 0.2, Number.NaN, 0.3].map(Math.fround));
    const bad = await file(
      'bad-costs.csv',
      csv([
        ['dataset', 'id', 'm1'],
        ['a', 'same', -1],
      ]),
    );
    await refused(read(rows, { costs: bad }, two), 'invalid_argument', /at least 0/);
    const other = await file(
      'other.csv',
      csv([
        ['dataset', 'id', 'm1'],
        ['z', 'x', 1],
      ]),
    );
    await refused(read(rows, { costs: other }, two), 'invalid_argument', /no row of the data/);
  });

  it('have external scores as means over the samples of a task', async () => {
    const rows = [header, ...['p', 'q', 'r'].map((p, i) => ['ab'[i % 2], i, p, '', 1, 0])];
    const data = await read(rows, {}, two);
    const scores = await file(
      'scores.csv',
      csv([
        ['dataset', 'id', 'm0', 'm1'],
        ['a', 0, -1, -2],
        ['a', 2, -2, ''],
        ['b', 1, '', ''],
      ]),
    );
    const { name, scores: means } = await readBaseline(parseBaseline(`ll=${scores}`), data);
    assert.equal(name, 'll');
    assert.deepEqual(means, [
      [-1.5, -2],
      [Number.NaN, Number.NaN],
    ]);
    const words = await file(
      'words.csv',
      csv([
        ['dataset', 'id', 'm0'],
        ['a', 0, 'high'],
      ]),
    );
    await refused(readBaseline({ name: 'x', file: words }, data), 'invalid_argument', /is not a number/);
    for (const text of ['ll', '=a.csv', 'll=']) await refused(() => parseBaseline(text), 'invalid_argument', /name=/);
  });
});

describe('written files', () => {
  it('are complete or absent', async () => {
    const place = path.join(folder, 'out.json');
    await writeWhole(place, 'one');
    await refused(writeWhole(place, 'two', AbortSignal.abort()), 'aborted');
    assert.equal(await readFile(place, 'utf8'), 'one');
    await refused(writeWhole(path.join(folder, 'none', 'out.json'), 'x'), 'network', /could not be written/);
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.endsWith('.tmp')),
      [],
    );
  });

  it('have numbers of ten digits, and null for unavailable ones', () => {
    assert.equal(
      toJson({ b: 1 / 3, a: [Number.NaN, 1e-7] }),
      '{\n "b": 0.3333333333,\n "a": [\n  null,\n  1e-7\n ]\n}\n',
    );
  });
});
