// Files that are not read: the message says what they are and what to do.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { detect } from '../../../dist/importing/detect.js';
import { inputFiles, lines, zip } from './fixtures.mjs';

const TABLE = { 'table.csv': 'prompt,a\nq,1\n' };
const POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 12345\n`;

/** Asserts that these files are refused with a message that matches all patterns. */
async function refusesAll(contents, ...patterns) {
  await assert.rejects(detect(inputFiles(contents), undefined), (error) => {
    assert.equal(error.code, 'invalid_argument', error.message);
    for (const pattern of patterns) assert.match(error.message, pattern);
    return true;
  });
}

describe('files without data', () => {
  const workbook = () => zip(['[Content_Types].xml', '<Types/>'], ['xl/workbook.xml', '<workbook/>']);
  const tar = new Uint8Array(1024);
  tar.set(Buffer.from('ustar'), 257);

  for (const [what, name, content, pattern] of [
    ['a Git LFS pointer', 'm/samples_sums_2025-03-01T09-15-01.1.jsonl', POINTER, /git lfs pull/],
    ['a pointer in place of Parquet', 'r.parquet', POINTER, /git lfs pull/],
    ['a pointer in place of a log', 'r.eval', POINTER, /git lfs pull/],
    ['a git-annex pointer', 'r.csv', '/annex/objects/MD5E-s12--0123.csv\n', /git annex get/],
    ['a web page', 'r.jsonl', '<!DOCTYPE html>\n<html><body>Sign in</body></html>', /web page/],
    ['an error of a file server', 'r.csv', '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', /web page/],
    ['an old spreadsheet', 'r.xls', Buffer.from('d0cf11e0a1b11ae1', 'hex'), /save the sheet as CSV/],
    ['zstd', 'r.csv', Buffer.from('28b52ffd00', 'hex'), /zstd-compressed/],
    ['a tar archive', 'r.csv', gzipSync(tar), /a tar archive/],
    ['a database', 'r.db', 'SQLite format 3\0', /export its table/],
  ]) {
    it(`are named: ${what}`, () => refusesAll({ [name]: content }, new RegExp(name.replaceAll('.', '\\.')), pattern));
  }

  it('are named: spreadsheets, by content and by name', async () => {
    await refusesAll({ 'r.xlsx': await workbook() }, /r\.xlsx: a spreadsheet: save the sheet as CSV/);
    await refusesAll({ 'r.csv': await workbook() }, /r\.csv: a spreadsheet/);
    await refusesAll({ 'logs.zip': await zip(['a.csv', 'prompt,a']) }, /logs\.zip: a zip archive: unpack it first/);
  });

  it('are named: an empty file, which is left out beside others', async () => {
    const empty = { 'm/samples_sums_2025-03-01T09-15-01.1.jsonl': '' };
    await refusesAll(empty, /samples_sums_.*: an empty file/);
    await refusesAll({ 'r.csv': '\r\n', 'm/r.jsonl': new Uint8Array(64) }, /m\/r\.jsonl, r\.csv: an empty file/);
    const { groups, unread } = await detect(inputFiles({ ...empty, ...TABLE }), undefined);
    assert.equal(groups[0].importer.source, 'wide');
    assert.deepEqual(
      [groups[0].files, unread].map((list) => list.map(({ path }) => path)),
      [['table.csv'], Object.keys(empty)],
    );
  });

  it('stop a build if they stand for results, whatever else is there', async () => {
    const many = Object.fromEntries(Array.from({ length: 7 }, (_, i) => [`part-${i}.parquet`, POINTER]));
    await refusesAll({ ...TABLE, ...many }, /part-0\.parquet, .*, and 2 more: a Git LFS pointer/);
    const { unread } = await detect(
      inputFiles({ ...TABLE, 'picture.png': POINTER, 'about.html': '<html>' }),
      undefined,
    );
    assert.equal(unread.length, 2);
  });

  it('are refused with a source, too', () =>
    assert.rejects(detect(inputFiles({ 'r.csv': POINTER }), 'wide'), { message: /git lfs pull/ }));

  it('are not gzip whose name does not end in .gz', async () => {
    const { groups } = await detect(inputFiles({ 'table.csv': gzipSync(TABLE['table.csv']) }), undefined);
    assert.equal(groups[0].importer.source, 'wide');
  });
});

describe('results of other tools', () => {
  const TOOLS = {
    EvalScope: [{ 'reviews/m/d_default.jsonl': lines({ index: 0, choices: [], raw_input: {} }) }],
    ragas: [{ 'r.csv': 'user_input,retrieved_contexts,response,faithfulness\nq,[],x,1\n' }],
    Braintrust: [{ 'e.jsonl': lines({ id: 'a', root_span_id: 'b', span_attributes: {}, scores: {} }) }],
  };

  for (const [tool, examples] of Object.entries(TOOLS)) {
    it(`name the tool: ${tool}`, async () => {
      for (const contents of examples) {
        const pattern = new RegExp(`results of [^;]*${tool}[^;]*, which signalbox does not read; .*columns .*prompt`);
        await refusesAll(contents, pattern);
        const { unread } = await detect(inputFiles({ ...contents, ...TABLE }), undefined);
        assert.ok(
          unread.some(({ reason }) => pattern.test(reason)),
          'beside a table, they are listed',
        );
      }
    });
  }

  it('without scores lead to the advice to run the evaluation', () =>
    refusesAll({ 'preds.json': [{ instance_id: 'i', model_patch: '' }] }, /without scores: run its evaluation/));

  it('are left out if a source was named', async () => {
    const { groups, unread } = await detect(inputFiles({ ...TABLE, ...TOOLS.ragas[0] }), 'wide');
    assert.deepEqual(
      [groups[0].files, unread].map((list) => list.map(({ path }) => path)),
      [['table.csv'], ['r.csv']],
    );
  });

  it('of unknown origin lead to a message that says what is read', () =>
    refusesAll(
      { 'x.json': { anything: [] }, 'y.jsonl': '{"spec":{"containers":[]}}' },
      /in x\.json, y\.jsonl: expected a table .*column 'prompt'.*files of a tool: helm/,
    ));
});
