// `signalbox merge`: shards in any order and grouping make the bytes of a build in one piece.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { buildIndex } from '../../../dist/build.js';
import { shardSpec } from '../support/hostile-files.mjs';
import { csv, fails, folder, inOwnFolders, MODELS, QUICK, read, runs, runsJson, write } from './fixtures.mjs';

inOwnFolders();

describe('signalbox merge', () => {
  const shard = (i, n, ...more) =>
    runs('build', 'results.csv', '-o', `${i}.sbx`, '--shard', `${i}/${n}`, '--no-cache', ...more);

  it('writes the bytes of a build in one piece, for any order and in steps', async () => {
    write('results.csv', csv(MODELS));
    const settings = ['--codes', 'int4', '--dims', '96', '--max-rows', '60', '--name', 'mine'];
    await runs('build', 'results.csv', '-o', 'whole.sbx', ...settings, ...QUICK);
    for (let i = 1; i <= 3; ++i) await shard(i, 3, ...settings);
    await runs('merge', '3.sbx', '1.sbx', '2.sbx', '-o', 'all.sbx', '--no-measure');
    assert.deepEqual(read('all.sbx'), read('whole.sbx'));
    await runs('merge', '2.sbx', '3.sbx', '-o', 'some.sbx', '--partial');
    await runs('merge', 'some.sbx', '1.sbx', '-o', 'steps.sbx', '--no-measure');
    assert.deepEqual(read('steps.sbx'), read('whole.sbx'));
    await runs('merge', '1.sbx', '2.sbx', '-o', 'others.sbx', '--partial');
    await runs('merge', 'others.sbx', '3.sbx', '-o', 'associated.sbx', '--no-measure');
    assert.deepEqual(read('associated.sbx'), read('whole.sbx'));
  });

  it('joins parts with the same rows and one model each', async () => {
    write('results.csv', csv(MODELS));
    await runs('build', 'results.csv', '-o', 'whole.sbx', ...QUICK);
    for (const model of MODELS) {
      write(`${model}.csv`, csv([model]));
      await runs('build', `${model}.csv`, '-o', `${model}.sbx`, '--partial', '--no-cache');
    }
    await runs('merge', ...MODELS.map((model) => `${model}.sbx`), '-o', 'all.sbx', '--no-measure');
    assert.deepEqual(read('all.sbx'), read('whole.sbx'));
  });

  it('keeps the texts and the exact prices of a build in one piece', async () => {
    write('results.csv', csv(MODELS));
    const list = {
      data: MODELS.map((id) => ({ id, pricing: { prompt: '1.23456789012e-7', completion: '0.0000003' } })),
    };
    write('prices.json', JSON.stringify(list));
    const settings = ['--texts', '--prices', 'prices.json'];
    await runs('build', 'results.csv', '-o', 'whole.sbx', ...settings, ...QUICK);
    for (let i = 1; i <= 2; ++i) await shard(i, 2, ...settings);
    await runs('merge', '2.sbx', '1.sbx', '-o', 'all.sbx', '--no-measure');
    assert.deepEqual(read('all.sbx'), read('whole.sbx'));
    const { sections, models } = await runsJson('inspect', 'all.sbx');
    assert.ok(sections.some(({ name }) => name === 'texts'));
    assert.equal(models[0].usdPerMTokIn, 0.123456789012);
  });

  it('drops contradicting scores of parts, for any order of the parts', async () => {
    const line = (score) => `dataset,id,prompt,m,other\nd,1,a question,${score},1\nd,2,another question,1,0\n`;
    for (const score of [0, 1]) {
      write(`${score}.csv`, line(score));
      await runs('build', `${score}.csv`, '-o', `${score}.sbx`, '--partial', '--no-cache');
    }
    await runs('merge', '0.sbx', '1.sbx', '-o', 'both.sbx', '--partial');
    for (const [i, names] of [
      ['0.sbx', '1.sbx'],
      ['1.sbx', '0.sbx'],
      ['both.sbx', '1.sbx'],
    ].entries()) {
      await runs('merge', ...names, '-o', `merged${i}.sbx`, '--no-measure');
      assert.deepEqual(read(`merged${i}.sbx`), read('merged0.sbx'));
    }
    const info = await runsJson('inspect', 'merged0.sbx');
    assert.equal(info.missingOutcomes, 1);
  });

  it('reports missing shards, and shards of another build', async () => {
    write('results.csv', csv(MODELS));
    for (const i of [1, 3]) await shard(i, 3);
    await fails('invalid_argument', /missing shards: 2\. Name all/, 'merge', '1.sbx', '3.sbx', '-o', 'x.sbx');
    await runs('build', 'results.csv', '-o', 'int4.sbx', '--shard', '2/3', '--codes', 'int4', '--no-cache');
    await fails(
      'invalid_argument',
      /int4\.sbx is of another build than 1\.sbx: settings/,
      'merge',
      '1.sbx',
      'int4.sbx',
      '3.sbx',
      '-o',
      'x.sbx',
    );
    await runs('build', 'results.csv', '-o', 'whole.sbx', ...QUICK);
    await fails('invalid_argument', /whole\.sbx is an index, not a shard/, 'merge', 'whole.sbx', '-o', 'x.sbx');
    write('damaged.sbx', read('1.sbx').subarray(0, 5000));
    await fails('truncated', /damaged\.sbx/, 'merge', 'damaged.sbx', '-o', 'x.sbx');
    assert.ok(!existsSync(path.join(folder, 'x.sbx')));
  });

  it('refuses shards with metadata that does not fit, and writes nothing', async () => {
    for (const [change, pattern] of [
      [({ parts }) => Object.assign(parts[0], { count: 0xffff_ffff }), /names no valid parts/],
      [({ parts }) => Object.assign(parts[0], { index: 2 }), /names no valid parts/],
      [({ datasets }) => Object.assign(datasets[1], { range: null }), /does not describe its datasets/],
      [({ datasets }) => Object.assign(datasets[1], { threshold: 'much' }), /does not describe its datasets/],
      [({ datasets }) => datasets.pop(), /does not describe its datasets/],
      [({ settings }) => Object.assign(settings, { codes: 'int3' }), /not those of a shard/],
      [({ settings }) => Object.assign(settings, { maxRows: 1.5 }), /not those of a shard/],
    ]) {
      write('odd.sbx', await buildIndex(shardSpec(change)));
      await fails('bad_metadata', pattern, 'merge', 'odd.sbx', '-o', 'x.sbx');
      assert.ok(!existsSync(path.join(folder, 'x.sbx')));
    }
    write('good.sbx', await buildIndex(shardSpec()));
    await runs('merge', 'good.sbx', '-o', 'x.sbx', '--no-measure');
    assert.ok(existsSync(path.join(folder, 'x.sbx')));
  });
});
