// Small files that would take minutes, gigabytes or the process, if a reader believed them. All are made from code.
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { buildIndex } from '../../../dist/build.js';
import { embedderFiles, jsonBytes, randomFrom } from './fixtures.mjs';
import { HOSTILE_INDEXES } from './hostile-indexes.mjs';
import { parquetFile, varint } from './parquet-forger.mjs';

const SEED = 17;
const random = randomFrom(SEED);
const text = (value) => Buffer.from(value);
const repeated = (count, of) => Array.from({ length: count }, (_, i) => of(i));
const u32 = (value) => {
  const out = Buffer.alloc(4);
  out.writeUInt32LE(value);
  return out;
};

// Tables

const names = (count) => repeated(count, (i) => `m${i}`);
const wideRow = (count) => `prompt,${names(count).join(',')}\nhi,${names(count).fill(1).join(',')}\n`;
const lines = (count, of) => text(repeated(count, of).join('\n'));
const scores = (score) => text(`prompt,dataset,a\nhi,x,1\nho,x,${score}\nhu,y,0\n`);
const object = (keys) => Object.fromEntries(repeated(keys, (i) => [i.toString(36), 1]));
const noise = (bytes) => Buffer.from(repeated(bytes, () => 256 * random()));

// Documents

const log = (samples) => text(`{"version":2,"eval":{"task":"t","model":"m"},"samples":${samples}}`);
const sample = (input) => `[{"id":1,"epoch":1,"input":${input},"scores":{"s":{"value":"C"}}}]`;

// Archives

/** Returns a zip of stored or compressed members; each may state sizes and places other than its own. */
function zip(members) {
  const parts = [];
  const entries = [];
  let at = 0;
  for (const { name, data, method = 0, size = data.length, place = at } of members) {
    const of = Buffer.from(name);
    const head = Buffer.alloc(26);
    head.writeUInt16LE(20, 0);
    head.writeUInt16LE(method, 4);
    head.writeUInt32LE(crc32(data), 10);
    head.writeUInt32LE(data.length, 14);
    head.writeUInt32LE(size, 18);
    head.writeUInt16LE(of.length, 22);
    const local = Buffer.concat([u32(0x04034b50), head, of, data]);
    const entry = Buffer.concat([u32(0x02014b50), Buffer.from([20, 0]), head, Buffer.alloc(10), u32(0), of]);
    entry.writeUInt32LE(place, 42);
    entries.push(entry);
    if (place !== at) continue;
    parts.push(local);
    at += local.length;
  }
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...parts, directory, u32(0x06054b50), end]);
}

const header = { name: 'header.json', data: text('{"eval":{"task":"t","model":"m"},"status":"success"}') };
const member = (data, more) => ({ name: 'samples/1_epoch_1.json', data, ...more });
/** A frame of zstd: blocks of 128 KiB that repeat one byte. */
const zstdBomb = (blocks) =>
  Buffer.concat([
    Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58]),
    ...repeated(blocks, (i) => Buffer.from([0x02 | Number(i === blocks - 1), 0x00, 0x10, 0x20])),
  ]);
const overlapping = () => {
  const data = noise(5000);
  return zip([header, ...repeated(2000, (i) => ({ ...member(data), name: `samples/${i}.json`, place: 0 }))]);
};

// Parquet

const prompts = { name: 'prompt', type: 'text', values: ['a', 'b', 'c'] };
const ones = { name: 'm', type: 'int', values: [1, 0, 1] };
const parquet = (page, meta, footer) => parquetFile([{ ...prompts, page, meta }, ones], footer);
/** A run of 2^30 values among three. */
const LONG_RUN = [1, 0xfe, 0xff, 0xff, 0xff, 0x07, 1];
const longRun = () => parquetFile([prompts, { ...ones, page: { encoding: 8, data: LONG_RUN } }]);

/** Lengths packed as differences: the first is 0, each further one is larger by `step`, in blocks of 128. */
const lengths = (count, step) => [
  ...[0x80, 0x01, 4, ...varint(count), 0],
  ...repeated(Math.ceil((count - 1) / 128), () => [2 * step, 0, 0, 0, 0]).flat(),
];
/** Texts that each repeat the whole one before, and one more character of it. */
function growingTexts() {
  const count = 30_000;
  const values = repeated(count, () => 1);
  const data = [...lengths(count, 1), ...lengths(count, 0)];
  return parquetFile([
    { ...prompts, values: repeated(count, () => ''), page: { encoding: 7, data } },
    { ...ones, values },
  ]);
}

// Shards

const FIGURES = { nanoUsd: 0, costs: 0, tokensIn: 0, tokensInCount: 0, tokensOut: 0, tokensOutCount: 0 };
/** Returns the index of a shard of two rows, whose metadata `change` has changed. */
export function shardSpec(change = () => {}) {
  const tasks = ['a', 'b'];
  const metadata = {
    version: 1,
    parts: [{ index: 1, count: 1 }],
    settings: { codes: 'int8', maxRows: null, name: null, routing: null, maxWork: null },
    conflicts: [],
    figures: [FIGURES, FIGURES],
    datasets: tasks.map((name) => ({ name, metric: 'score', range: [0, 1], threshold: null })),
  };
  change(metadata);
  return {
    models: ['x', 'y'],
    tasks,
    embeddings: Float32Array.of(1, 0, 0, 1),
    dim: 2,
    outcomes: Float32Array.of(1, 0, 0, 1),
    sampleIds: tasks.map((name) => JSON.stringify([name, name, '0'.repeat(16)])),
    codes: 'float32',
    metadata: { shard: metadata },
  };
}
const shard = (change) => buildIndex(shardSpec(change));

// Matrices and embedders

function npy(shape, values = Buffer.alloc(0), length) {
  const dictionary = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape}), }\n`;
  const size = Buffer.alloc(2);
  size.writeUInt16LE(length ?? dictionary.length);
  return Buffer.concat([Buffer.from([0x93]), text('NUMPY'), Buffer.from([1, 0]), size, text(dictionary), values]);
}
const OVERFLOW = JSON.stringify({ embeddings: { dtype: 'F16', shape: [2 ** 32, 2 ** 32], data_offsets: [0, 0] } });
function rawTensors(head, size = head.length) {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(size));
  return Buffer.concat([length, text(head)]);
}
function embedder(change) {
  const { tokenizer, model, config } = embedderFiles();
  return { 'tokenizer.json': tokenizer, 'model.safetensors': model, 'config.json': config, ...change };
}

/**
 * Files by name, with the reader of docs/limits.md that they are for, and the code that refuses them; without a code they
 * are read.
 */
/** The beginning of a document of promptfoo, with other values after it. */
const promptfooYaml = (more) => text(`evalId: e\nresults:\n  version: 3\nmore: ${more}\n`);

export const HOSTILE = [
  ['many columns', 'csv', () => ({ 'x.csv': text(wideRow(10_000)) })],
  ['more columns than a table may have', 'csv', () => ({ 'x.csv': text(wideRow(140_000)) }), 'size_overflow'],
  ['more models than an index may have', 'csv', () => ({ 'x.csv': text(wideRow(70_000)) }), 'size_overflow'],
  ['digits and a letter', 'csv', () => ({ 'x.csv': scores(`${'1'.repeat(200_000)}x`) })],
  ['spaces and a letter', 'csv', () => ({ 'x.csv': scores(`1${' '.repeat(200_000)}x`) })],
  ['a quote that never ends', 'csv', () => ({ 'x.csv': scores(`"${'a""'.repeat(200_000)}`) }), 'invalid_argument'],
  ['a column twice, after many', 'csv', () => ({ 'x.csv': text(`prompt,${names(50_000)},m1\n`) }), 'invalid_argument'],
  ['only line ends', 'csv', () => ({ 'x.csv': text(`prompt,a${'\n'.repeat(500_000)}`) }), 'invalid_argument'],
  [
    'bytes that are not text',
    'csv',
    () => ({ 'x.csv': Buffer.concat([text('prompt,a\n'), noise(100_000)]) }),
    'invalid_argument',
  ],
  [
    'a new dataset and a new model on every line',
    'csv',
    () => ({ 'x.csv': lines(4000, (i) => (i === 0 ? 'prompt,dataset,model,score' : `p${i},d${i},m${i},1`)) }),
    'size_overflow',
  ],
  [
    'many long names',
    'csv',
    () => ({
      'x.csv': text(`prompt,dataset,${names(20_000).map((n) => `${n}${'_'.repeat(9)}`)}\nhi,x${',1'.repeat(20_000)}\n`),
    }),
  ],
  [
    'a new column on every line',
    'jsonl',
    () => ({ 'x.jsonl': lines(20_000, (i) => `{"prompt":"p${i}","m${i}":1}`) }),
    'size_overflow',
  ],
  [
    'a new dataset on every line',
    'jsonl',
    () => ({ 'x.jsonl': lines(70_000, (i) => `{"prompt":"p","dataset":"d${i}","m":1}`) }),
    'size_overflow',
  ],
  [
    'a line of lists in lists',
    'jsonl',
    () => ({ 'x.jsonl': text(`{"prompt":"p","m":${'['.repeat(100_000)}${']'.repeat(100_000)}}`) }),
    'invalid_argument',
  ],
  [
    'a line without an end, compressed',
    'jsonl',
    () => ({ 'x.jsonl.gz': gzipSync(`{"prompt":"${' '.repeat(2 ** 26)}`) }),
    'size_overflow',
  ],
  [
    'gigabytes of line ends, compressed',
    'gzip',
    () => ({ 'x.csv.gz': gzipSync(`prompt,a\n${'\n'.repeat(1e8)}`) }),
    'size_overflow',
  ],
  ['a cut file, compressed', 'gzip', () => ({ 'x.csv.gz': gzipSync(scores(1)).subarray(0, 30) }), 'truncated'],
  ['objects in objects', 'json', () => ({ 'x.json': log(`[${'{"a":'.repeat(100_000)}`) }), 'invalid_argument'],
  ['a document that ends early', 'json', () => ({ 'x.json': log('[').subarray(0, -2) }), 'invalid_argument'],
  ['a number of many digits', 'json', () => ({ 'x.json': log(sample('1'.repeat(500_000))) }), 'invalid_argument'],
  ['an empty sample, many times', 'json', () => ({ 'x.json': log(`[${'{},'.repeat(50_000)}{}]`) }), 'invalid_argument'],
  ['lists in lists', 'yaml', () => ({ 'x.yaml': promptfooYaml('['.repeat(200_000)) }), 'invalid_argument'],
  [
    'aliases of aliases',
    'yaml',
    () => ({
      'x.yaml': promptfooYaml(
        `{ a0: &x0 [1] }${Array.from({ length: 60 }, (_, i) => `\nb${i}: &x${i + 1} [*x${i}, *x${i}]`).join('')}`,
      ),
    }),
    'invalid_argument',
  ],
  [
    'half a million values',
    'yaml',
    () => ({ 'x.yaml': promptfooYaml(`[${'1,'.repeat(500_000)}1]`) }),
    'invalid_argument',
  ],
  ['a page without its size', 'parquet', () => ({ 'x.parquet': parquet({ bytes: undefined }) }), 'invalid_argument'],
  ['a page of negative size', 'parquet', () => ({ 'x.parquet': parquet({ bytes: -5 }) }), 'invalid_argument'],
  [
    'a page of two billion values',
    'parquet',
    () => ({ 'x.parquet': parquet({ values: 2 ** 31 - 1 }) }),
    'invalid_argument',
  ],
  [
    'a column of two billion values',
    'parquet',
    () => ({ 'x.parquet': parquet({ values: 2 ** 31 - 1 }, { values: 2 ** 31 - 1 }) }),
    'size_overflow',
  ],
  [
    'a page that unpacks to gigabytes',
    'parquet',
    () => ({ 'x.parquet': parquet({ unpacked: 2 ** 31 - 1 }) }),
    'size_overflow',
  ],
  [
    '10^15 rows in the metadata',
    'parquet',
    () => ({ 'x.parquet': parquet({}, {}, { rows: 1e15 }) }),
    'invalid_argument',
  ],
  [
    '10^15 rows in a group',
    'parquet',
    () => ({ 'x.parquet': parquet({}, {}, { rows: 1e15, groupRows: 1e15 }) }),
    'invalid_argument',
  ],
  ['a column beyond the file', 'parquet', () => ({ 'x.parquet': parquet({}, { bytes: 1e9 }) }), 'invalid_argument'],
  [
    'a list of two billion row groups',
    'parquet',
    () => ({ 'x.parquet': parquet({}, {}, { bytes: [0x49, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07] }) }),
    'invalid_argument',
  ],
  [
    'a number that never ends',
    'parquet',
    () => ({ 'x.parquet': parquet({}, {}, { bytes: [0x16, ...Array(300_000).fill(0xff)] }) }),
    'invalid_argument',
  ],
  [
    'metadata longer than the file',
    'parquet',
    () => ({ 'x.parquet': parquet({}, {}, { length: 0xffff_ffff }) }),
    'invalid_argument',
  ],
  ['texts that each repeat the one before', 'parquet', () => ({ 'x.parquet': growingTexts() }), 'size_overflow'],
  ['a run of a billion values', 'parquet', () => ({ 'x.parquet': longRun() }), 'invalid_argument'],
  [
    'a member larger than it states',
    'zip',
    () => ({ 'x.eval': zip([header, member(deflateRawSync(Buffer.alloc(1e8)), { method: 8, size: 10 })]) }),
    'invalid_argument',
  ],
  [
    'a member that states terabytes',
    'zip',
    () => ({ 'x.eval': zip([header, member(text('{}'), { size: 0xffff_fffe })]) }),
    'size_overflow',
  ],
  ['two thousand names of one member', 'zip', () => ({ 'x.eval': overlapping() }), 'invalid_argument'],
  [
    'a bomb of zstd',
    'eval',
    () => ({ 'x.eval': zip([header, member(zstdBomb(5000), { method: 93, size: 100 })]) }),
    'size_overflow',
  ],
  [
    'a sample of lists in lists',
    'eval',
    () => ({ 'x.eval': zip([header, member(text('['.repeat(300_000)))]) }),
    'invalid_argument',
  ],
  [
    'one of 4,294,967,295 parts',
    'shard',
    async () => ({
      'x.sbx': await shard((s) => {
        s.parts[0].count = 0xffff_ffff;
      }),
    }),
    'bad_metadata',
  ],
  [
    'a dataset without a range',
    'shard',
    async () => ({
      'x.sbx': await shard((s) => {
        s.datasets[0].range = null;
      }),
    }),
    'bad_metadata',
  ],
  [
    'settings that are not any',
    'shard',
    async () => ({
      'x.sbx': await shard((s) => {
        s.settings.maxRows = -1e300;
      }),
    }),
    'bad_metadata',
  ],
  ...HOSTILE_INDEXES,
  ['10^15 rows', 'npy', () => ({ 'x.npy': npy('999999999999999, 1') }), 'size_overflow'],
  ['many shapes that do not end', 'npy', () => ({ 'x.npy': npy(`1, 1), ${"'shape': (".repeat(5000)}`) }), 'truncated'],
  ['a header beyond the file', 'npy', () => ({ 'x.npy': npy('1, 1', Buffer.alloc(4), 65_535) }), 'truncated'],
  [
    'a header of 2^60 bytes',
    'safetensors',
    () => embedder({ 'model.safetensors': rawTensors('{}', 2 ** 60) }),
    'bad_embedder',
  ],
  [
    'a shape that overflows',
    'safetensors',
    () => embedder({ 'model.safetensors': rawTensors(OVERFLOW) }),
    'bad_embedder',
  ],
  [
    'a header of many keys',
    'safetensors',
    () => embedder({ 'model.safetensors': rawTensors(JSON.stringify(object(16_384))) }),
    'bad_embedder',
  ],
  ['lists in lists', 'tokenizer', () => embedder({ 'tokenizer.json': text('['.repeat(1_000_000)) }), 'bad_embedder'],
  [
    'an empty model',
    'tokenizer',
    () => embedder({ 'tokenizer.json': jsonBytes({ model: { type: 'WordPiece', vocab: null } }) }),
    'bad_embedder',
  ],
  [
    '50,000 models',
    'price list',
    () => ({
      'x.json': text(
        JSON.stringify({
          data: repeated(50_000, (i) => ({ id: `o/m${i}`, pricing: { prompt: '1e-7', completion: '1e-6' } })),
        }),
      ),
    }),
  ],
  [
    'no prices',
    'price list',
    () => ({ 'x.json': text(JSON.stringify({ data: repeated(50_000, () => ({})) })) }),
    'invalid_argument',
  ],
];
