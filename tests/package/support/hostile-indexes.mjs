// Small index files that would take minutes or gigabytes, if the reader believed them; see hostile-files.mjs.
import { buildIndex } from '../../../dist/build.js';
import { randomFrom, randomSpec } from './fixtures.mjs';
import { FIELD, seal, withField } from './forgeries.mjs';

const random = randomFrom(18);
const repeated = (count, of) => Array.from({ length: count }, (_, i) => of(i));
const noise = (bytes) => Buffer.from(repeated(bytes, () => 256 * random()));

const manyModels = () => buildIndex(randomSpec({ rows: 6, models: 20_000, tasks: 1, codes: 'binary' }));
const withMetadata = (metadata) => buildIndex(randomSpec({ rows: 4, tasks: 1, metadata }));
const withRecords = (lists) =>
  buildIndex(randomSpec({ rows: 4, tasks: 1, taskRecords: [{ name: 'task 0', unknown: lists }] }));
/** Returns an index whose scores state that they are more than there is room for. */
async function manyScores() {
  const taskScores = [{ task: 'scored', model: 0, score: 1, evidence: 1 }];
  const bytes = await buildIndex(randomSpec({ rows: 4, tasks: 1, taskNames: ['task 0', 'scored'], taskScores }));
  const file = Buffer.from(bytes.buffer);
  for (let at = 64; at < 64 + 24 * file.readUInt32LE(FIELD.sections); at += 24) {
    if (file.readUInt32LE(at) === 21) file.writeUInt32LE(0xffff_ffff, Number(file.readBigUInt64LE(at + 8)) + 8);
  }
  return seal(bytes);
}
/** Returns the header of an index, with noise instead of its sections. */
async function noisyIndex() {
  const bytes = Buffer.concat([(await withMetadata({})).subarray(0, 64), noise(50_000)]);
  bytes.writeBigUInt64LE(BigInt(bytes.length), FIELD.fileSize);
  return seal(bytes);
}
const object = (keys) => Object.fromEntries(repeated(keys, (i) => [i.toString(36), 1]));

/** Name, reader, files by name, and the code of the error; without one the files are read. */
export const HOSTILE_INDEXES = [
  ['20,000 models', 'index', async () => ({ 'x.sbx': await manyModels() })],
  [
    'metadata of many keys',
    'index',
    async () => ({ 'x.sbx': await withMetadata({ lists: repeated(5, () => object(16_384)) }) }),
  ],
  [
    'four billion rows in the header',
    'index',
    async () => ({ 'x.sbx': withField(await withMetadata({}), FIELD.rows, 0xffff_ffff) }),
    'bad_section',
  ],
  [
    '65,535 datasets in the header',
    'index',
    async () => ({ 'x.sbx': withField(await withMetadata({}), FIELD.tasks, 65_535) }),
    'bad_section',
  ],
  [
    '65,535 datasets of 8192 dimensions in the header',
    'index',
    async () => ({ 'x.sbx': withField(withField(await withMetadata({}), FIELD.dim, 8192), FIELD.tasks, 65_535) }),
    'size_overflow',
  ],
  ['records of many lists', 'index', async () => ({ 'x.sbx': await withRecords(repeated(600_000, () => [])) })],
  ['four billion scores', 'index', async () => ({ 'x.sbx': await manyScores() }), 'bad_section'],
  ['noise with a good checksum', 'index', async () => ({ 'x.sbx': await noisyIndex() }), 'bad_section'],
];
