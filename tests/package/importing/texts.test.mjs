// The bytes and texts of result files: encodings, buffers, long integers and halves of characters.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { fileFromBytes } from '../../../dist/importing/input-file.js';
import { readJson, readJsonLines, readJsonParts } from '../../../dist/importing/json.js';
import { inspectImporter } from '../../../dist/importing/sources/inspect.js';
import { longImporter } from '../../../dist/importing/sources/long.js';
import { wideImporter } from '../../../dist/importing/sources/wide.js';
import { imported, inputFiles, recordingSink, refuses, scoreLines, zip } from './fixtures.mjs';

const CSV = 'dataset,id,prompt,a\nd,1,na\u00efve \u{1f600},1\n';

const utf16 = (text, isBig) => {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return isBig ? bytes.swap16() : bytes;
};

/** Returns the bytes as a part of a larger buffer, as Node.js returns small ones. */
function pooled(bytes) {
  const pool = Buffer.alloc(bytes.byteLength + 64, 0x41);
  pool.set(bytes, 24);
  return pool.subarray(24, 24 + bytes.byteLength);
}

describe('text files', () => {
  it('may be UTF-16 if they begin with its mark', async () => {
    for (const [name, bytes] of [
      ['little.csv', utf16(CSV)],
      ['big.csv', utf16(CSV, true)],
      ['packed.csv', gzipSync(utf16(CSV))],
    ]) {
      const { samples } = await imported(wideImporter, { [name]: bytes });
      assert.equal(samples[0].prompt, 'na\u00efve \u{1f600}', name);
      assert.equal(samples[0].dataset, 'd', name);
    }
  });

  it('are refused if they are UTF-16 without a mark, or cut', async () => {
    const bare = Buffer.from('dataset,id,prompt,a\nd,1,q,1\n', 'utf16le');
    await refuses(wideImporter, { 'r.csv': bare }, 'invalid_argument', /^r\.csv: not UTF-8: .*byte order mark/);
    const cyrillic = Buffer.from('prompt,a\n\u043a\u0430\u043a \u0434\u0435\u043b\u0430,1\n', 'utf16le');
    await refuses(wideImporter, { 'r.csv': cyrillic }, 'invalid_argument', /^r\.csv: not UTF-8: .*byte order mark/);
    await refuses(wideImporter, { 'r.csv': utf16(CSV).subarray(0, -1) }, 'invalid_argument', /^r\.csv: not UTF-16LE/);
  });
});

it('a NUL in a long text is a character like any other', async () => {
  const prompt = `a\0b ${'c'.repeat(200)}`;
  const { samples } = await imported(wideImporter, { 'r.csv': `prompt,a\n${prompt},1\n` });
  assert.equal(samples[0].prompt, prompt);
});

describe('bytes in a part of a buffer', () => {
  const column = (name, data, type = 'STRING') => ({ name, data, type });
  const columnData = [
    column('dataset', ['d']),
    column('id', ['1']),
    column('prompt', ['q']),
    column('a', [1], 'INT32'),
  ];
  const parquet = new Uint8Array(parquetWriteBuffer({ columnData }));
  const sample = { id: 1, epoch: 1, input: 'q', target: 'A', scores: { match: { value: 'C' } } };

  /** Reads one file both as `fileFromBytes` makes it and from a slice that returns parts of the pool. */
  async function read(importer, path, bytes) {
    const part = pooled(bytes);
    const files = [
      fileFromBytes(path, part),
      { path, size: part.byteLength, slice: async (start, end) => part.subarray(start, end) },
    ];
    return Promise.all(
      files.map(async (file) => {
        const { sink, record } = recordingSink();
        await importer.read([file], { sink });
        return scoreLines(record);
      }),
    );
  }

  it('are read like others', async () => {
    const expected = ['d/1 a score=1'];
    assert.deepEqual(await read(wideImporter, 'r.parquet', parquet), [expected, expected]);
    assert.deepEqual(await read(wideImporter, 'r.csv', Buffer.from(CSV)), [expected, expected]);
    assert.deepEqual(await read(wideImporter, 'r.csv', gzipSync(CSV)), [expected, expected]);
    const header = { version: 2, status: 'success', eval: { task: 't', model: 'm' } };
    const log = await zip(['header.json', header], ['samples/1_epoch_1.json', sample]);
    const expectedLog = ['t/1 m match=1'];
    assert.deepEqual(await read(inspectImporter, 'log.eval', log), [expectedLog, expectedLog]);
  });

  it('do not change with the buffer they came from', async () => {
    const bytes = Buffer.from('abc');
    const part = await fileFromBytes('x', bytes).slice(0, 2);
    bytes[0] = 0x7a;
    assert.equal(Buffer.from(part).toString(), 'ab');
    assert.equal(part.buffer.byteLength, 2);
  });
});

describe('JSON', () => {
  const TEXT =
    '{"id": 12345678901234567890, "low": -9007199254740993, "safe": 9007199254740991, "float": 0.12345678901234566,' +
    ' "text": "1234567890123456789 \\u0041", "half\\ud83d": "a\\ude00b", "pair": "\\ud83d\\ude00", "not": "\\\\ud83d",' +
    ' "__proto__": 1e300}';
  const value = Object.fromEntries([
    ['id', '12345678901234567890'],
    ['low', '-9007199254740993'],
    ['safe', 9007199254740991],
    ['float', 0.12345678901234566],
    ['text', '1234567890123456789 A'],
    ['half\ufffd', 'a\ufffdb'],
    ['pair', '\u{1f600}'],
    ['not', '\\ud83d'],
    ['__proto__', 1e300],
  ]);
  const file = (text) => inputFiles({ 'r.json': text })[0];

  it('keeps the digits of integers, and has no halves of characters', async () => {
    assert.deepEqual(await readJson(file(TEXT)), value);
    const seen = [];
    await readJsonLines(file(`${TEXT}\r\n${TEXT.replace('1e300', 'NaN')}\n`), (line) => seen.push(line));
    assert.deepEqual(seen, [value, Object.fromEntries([...Object.entries(value).slice(0, -1), ['__proto__', null]])]);
    const parts = [];
    await readJsonParts(file(`[${TEXT}]`), ['$.*'], (part) => parts.push(part.value));
    assert.deepEqual(parts, [value]);
  });

  it('takes an integer beyond all numbers for infinity, as ever', async () => {
    const [longest, longer] = ['1'.repeat(309), '1'.repeat(310)];
    assert.deepEqual(await readJson(file(`[${longest}, ${longer}]`)), [longest, Number.POSITIVE_INFINITY]);
  });

  it('names the line of a defect beside them', async () => {
    await assert.rejects(
      readJsonLines(file('{"a": 12345678901234567890,}'), () => undefined),
      {
        code: 'invalid_argument',
        message: /^r\.json, line 1: not JSON/,
      },
    );
  });

  it('makes names of models and datasets well-formed', async () => {
    const line = '{"dataset":"d\\udc00","id":"\\ud83d","prompt":"q","model":"m\\ud83d","score":1}';
    assert.deepEqual(scoreLines(await imported(longImporter, { 'r.jsonl': line })), ['d\ufffd/\ufffd m\ufffd score=1']);
  });
});
