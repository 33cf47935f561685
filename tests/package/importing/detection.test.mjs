// Detects the source of files, and imports real files of other projects if they are available.
import assert from 'node:assert/strict';
import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import { detect } from '../../../dist/importing/detect.js';
import { fileFromBytes } from '../../../dist/importing/input-file.js';
import { routeLlmImporter } from '../../../dist/importing/sources/routellm.js';
import { routerBenchImporter } from '../../../dist/importing/sources/routerbench.js';
import { wideImporter } from '../../../dist/importing/sources/wide.js';
import { root } from '../support/fixtures.mjs';
import { imported, inputFiles, lines } from './fixtures.mjs';

describe('detection', () => {
  const SOURCES = {
    wide: { 'r.csv': 'dataset,id,prompt,a\nd,1,q,1\n' },
    long: { 'r.csv': 'dataset,id,prompt,model,score\nd,1,q,m,1\n' },
    routerbench: { 'r.csv': ',sample_id,prompt,eval_name,a,a|total_cost\n0,1,q,e,1,0\n' },
    routellm: { 'r.csv': 'prompt,a,b\nq,True,False\n' },
    mixinstruct: { 'r.jsonl': lines({ id: '1', instruction: 'i', candidates: [] }) },
    'alpaca-eval': { 'annotations.json': [{ instruction: 'i', generator_1: 'a', generator_2: 'b', preference: 1 }] },
    promptfoo: { 'results.json': { evalId: 'e', results: { version: 3, results: [] }, config: {} } },
    llmrouter: { 'r.jsonl': lines({ task_name: 't', query: 'q', model_name: 'm', performance: 1 }) },
    llmrouterbench: { 'r.json': { model_name: 'm', dataset_name: 'd', records: [] } },
  };

  for (const [source, contents] of Object.entries(SOURCES)) {
    it(`recognises ${source} by its files`, async () => {
      const found = await detect(inputFiles({ ...contents, 'README.md': 'about' }), undefined);
      assert.deepEqual(
        found.groups.map(({ importer }) => importer.source),
        [source],
      );
      assert.deepEqual(found.unread, [{ path: 'README.md', reason: 'not recognised as results' }]);
    });
  }

  it('takes all sources of a mixed folder, or the one that is named', async () => {
    const mixed = inputFiles({ 'a.csv': SOURCES.wide['r.csv'], 'b.csv': SOURCES.long['r.csv'], ...SOURCES.promptfoo });
    const sourcesOf = ({ groups }) => groups.map(({ importer, files }) => [importer.source, files.length]);
    // The promptfoo results are empty, but valid.
    assert.deepEqual(sourcesOf(await detect(mixed, undefined)), [
      ['promptfoo', 1],
      ['long', 1],
      ['wide', 1],
    ]);
    const long = await detect(mixed, 'long');
    assert.deepEqual(sourcesOf(long), [['long', 1]]);
    assert.deepEqual(
      long.unread.map(({ path: name, reason }) => [name, reason]),
      [
        ['a.csv', 'not of long'],
        ['results.json', 'not of long'],
      ],
    );
    await assert.rejects(detect([], undefined), { code: 'invalid_argument' });
    await assert.rejects(detect(inputFiles({ x: 'y' }), 'excel'), {
      code: 'invalid_argument',
      message: /got source 'excel'/,
    });
  });

  it('lists a table beside results of a tool that has no scores', async () => {
    const tables = { 'tests.csv': 'prompt,remark\nq,some text\n', 'questions.csv': 'prompt,id\nq,1\n' };
    const { groups, unread } = await detect(inputFiles({ ...tables, ...SOURCES.promptfoo }), undefined);
    assert.deepEqual(
      groups.map(({ importer }) => importer.source),
      ['promptfoo'],
    );
    assert.deepEqual(
      unread.map(({ path: name }) => name),
      ['questions.csv', 'tests.csv'],
    );
    assert.match(unread[0].reason, /no column is a model/);
    assert.match(unread[1].reason, /got 'some text' in column 'remark', expected the score of a model/);
    // Alone, the same table is an error of its own.
    assert.equal((await detect(inputFiles(tables), undefined)).groups[0].files.length, 2);
  });

  it('stops on an abort', async () => {
    const file = { ...fileFromBytes('r.csv', Buffer.from('prompt,a\nq,1\n')) };
    await assert.rejects(detect([file], undefined, { signal: AbortSignal.abort() }), { code: 'aborted' });
  });
});

describe('real files', () => {
  const data = path.join(root, '..', 'shared', 'data');
  const isThere = existsSync(data);
  if (!isThere) console.log('skipped: no benchmark data');

  /** Counts the rows and sums each column by independent code. */
  async function count(file) {
    const sums = new Map();
    let header;
    let rows = 0;
    for await (const cells of createReadStream(file)
      .pipe(createGunzip())
      .pipe(parse({ bom: true }))) {
      if (header === undefined) {
        header = cells;
        continue;
      }
      rows += 1;
      for (const [i, cell] of cells.entries()) {
        const value = cell === 'True' ? 1 : cell === 'False' ? 0 : Number(cell);
        if (cell !== '' && Number.isFinite(value)) sums.set(header[i], (sums.get(header[i]) ?? 0) + value);
      }
    }
    return { rows, sums };
  }

  for (const [folder, importer] of [
    ['routellm', routeLlmImporter],
    ['routerbench', routerBenchImporter],
  ]) {
    it(`of ${folder} have the expected rows and sums`, { skip: !isThere && 'no benchmark data' }, async () => {
      const place = path.join(data, 'originals', folder);
      for (const name of readdirSync(place)) {
        const record = await imported(importer, { [name.replace(/\.gz$/, '')]: readFileSync(path.join(place, name)) });
        const { rows, sums } = await count(path.join(place, name));
        const models = [...new Set(record.scores.map(({ model }) => model))];
        assert.equal(record.scores.length, rows * models.length, name);
        for (const model of models) {
          const sum = record.scores.filter((s) => s.model === model).reduce((total, { value }) => total + value, 0);
          assert.equal(sum, sums.get(model), `${name} ${model}`);
        }
      }
    });
  }

  it('of a large wide table have the expected rows and columns', {
    skip: !isThere && 'no benchmark data',
  }, async () => {
    const bytes = readFileSync(path.join(data, 'openllm_v2', 'outcomes.csv.gz'));
    const { samples, scores } = await imported(wideImporter, { 'outcomes.csv': bytes });
    assert.equal(samples.length, 20414);
    assert.equal(new Set(scores.map(({ model }) => model)).size, 97);
    assert.equal(scores.length, 20414 * 97);
  });
});
