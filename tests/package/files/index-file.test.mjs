// The reader of the index file in TypeScript agrees with models/FORMAT.md and with the core, and refuses forged files as the core does.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { buildIndex } from '../../../dist/build.js';
import { flatten } from '../../../dist/building/build-index.js';
import {
  decodeFloat32Rows,
  decodeMap,
  decodeOutcomes,
  decodeRowTasks,
  decodeStrings,
  MOST_LAYOUT_BYTES,
  readLayout,
  rowStride,
} from '../../../dist/files/index-file.js';
import { Router, SignalboxError } from '../../../dist/index.js';
import { loadLab } from '../../../dist/wasm/lab-module.js';
import { expectNothingOpen, randomFrom, randomSpec, refused, root } from '../support/fixtures.mjs';
import { FIELD, seal, withField } from '../support/forgeries.mjs';

const CORPUS = `${root}/tests/fuzz/corpus/index/`;
const EXAMPLE = new Uint8Array(readFileSync(`${CORPUS}int8-binary.sbx`));
const FORMAT = readFileSync(`${root}/models/FORMAT.md`, 'utf8');

const layoutOf = (file) => readLayout(file, file.length);

function sectionOf(file, name) {
  const { offsetBytes, sizeBytes } = layoutOf(file).sections.get(name);
  return file.subarray(offsetBytes, offsetBytes + sizeBytes);
}

/** Opens a file in the core and returns what `use` makes of its router. */
async function inCore(index, use) {
  const router = await Router.load({ index, embedder: null });
  try {
    return await use(router);
  } finally {
    router.dispose();
  }
}

const infoOf = (file) => inCore(file, ({ info }) => info);

/** The code of the refusal, or undefined if there is none. */
async function codeOf(action) {
  try {
    await action();
    return undefined;
  } catch (error) {
    assert.ok(error instanceof SignalboxError, String(error));
    return error.code;
  }
}

/** An index of every section. */
const everySection = (more = {}) =>
  buildIndex({
    ...randomSpec({ rows: 41, models: 9, tasks: 3, missing: 0.2, ...more }),
    sampleIds: Array.from({ length: 41 }, (_, row) => [...`\uFEFFrow ${row} ü 😀`].slice(0, row % 10).join('')),
  });

/** A shard of random rows of unit norm: its codes are these vectors, bit for bit. */
async function shardOf({ embeddings: vectors, dim, ...spec }) {
  const embeddings = vectors.map((x, i) => {
    const first = i - (i % dim);
    return x / Math.hypot(...vectors.subarray(first, first + dim));
  });
  const lab = await loadLab();
  const { specJson, rowTasks, outcomes } = flatten({ ...spec, embeddings, dim, codes: 'float32' });
  const build = lab.openBuild(JSON.stringify({ ...JSON.parse(specJson), shard: true }), rowTasks);
  try {
    build.put(Uint32Array.from(rowTasks.keys()), embeddings, outcomes);
    build.step(1000);
    return { file: new Uint8Array(Buffer.concat(build.finish().pieces)), embeddings };
  } finally {
    build.close();
  }
}

describe('the layout of an index file', () => {
  it('is that of the example in FORMAT.md', () => {
    // "    000001c0: 7b 7d            metadata: {}"
    const dump = [...FORMAT.matchAll(/^ {4}([0-9a-f]{8}): ((?:[0-9a-f]{2} )+)(?:\.\. 00 \(\d+ bytes\))? +(\S+)/gm)];
    assert.ok(dump.length > 15);
    for (const [, at, bytes] of dump) {
      const expected = bytes
        .trim()
        .split(' ')
        .map((byte) => Number.parseInt(byte, 16));
      const offset = Number.parseInt(at, 16);
      assert.deepEqual([...EXAMPLE.subarray(offset, offset + expected.length)], expected, at);
    }
    const { sections, ...header } = layoutOf(EXAMPLE);
    assert.deepEqual(header, {
      formatVersion: [1, 1],
      codes: 'int8',
      rows: 3,
      dim: 3,
      models: 2,
      tasks: 2,
      graded: false,
      hasMissing: false,
    });
    assert.equal(sections.size, 14);
    const extentIn = ([, at]) => Number.parseInt(at, 16);
    for (const name of ['metadata', 'model_names', 'routing', 'map', 'outcomes', 'codes']) {
      const line = dump.find(([, , , label]) => label === `${name}:`);
      assert.equal(sections.get(name).offsetBytes, extentIn(line), name);
    }
    assert.deepEqual(decodeStrings(sectionOf(EXAMPLE, 'model_names'), 2), ['a', 'b']);
    assert.deepEqual([...decodeOutcomes(layoutOf(EXAMPLE), sectionOf(EXAMPLE, 'outcomes'))], [1, 0, 0, 1, 1, 1]);
    assert.equal(decodeMap(sectionOf(EXAMPLE, 'map'))[1], Math.fround(0xcae1 / 65535));
  });

  it('names the kinds of section of FORMAT.md, by their numbers', async () => {
    const [, table] = FORMAT.split(/^### Sections$|^\*\*String tables/m);
    const kinds = [...table.matchAll(/^\| (\d+) \| (\w+) \|/gm)].map(([, kind, name]) => [kind, name]);
    assert.equal(kinds.length, 16);
    const { sections } = layoutOf(await everySection());
    assert.deepEqual(new Set(sections.keys()), new Set(kinds.map(([, name]) => name)));
    for (const [kind, name] of kinds) {
      const file = await everySection();
      // The entry of this kind gets a kind that no reader knows: exactly this section is gone.
      const view = new DataView(file.buffer);
      const entry = Array.from({ length: 16 }, (_, i) => 64 + 24 * i).find(
        (at) => view.getUint32(at, true) === Number(kind),
      );
      view.setUint32(entry, 4000, true);
      const { sections: others } = layoutOf(file);
      assert.ok(!others.has(name) && others.size === 15, name);
    }
  });

  for (const [what, more] of [
    ['binary outcomes', { codes: 'binary' }],
    ['graded outcomes', { graded: true, codes: 'int4' }],
    ['nothing missing', { missing: 0, codes: 'float32' }],
  ]) {
    it(`is what the core describes: ${what}`, async () => {
      const file = await everySection(more);
      const info = await infoOf(file);
      const { sections, models, tasks, hasMissing, ...layout } = readLayout(
        file.subarray(0, MOST_LAYOUT_BYTES),
        file.length,
      );
      const { formatVersion, codes, rows, dim, graded } = info;
      assert.deepEqual(layout, { formatVersion, codes, rows, dim, graded });
      assert.deepEqual([models, tasks, hasMissing], [info.models.length, info.tasks.length, info.missingOutcomes > 0]);
      const listed = [...sections].map(([name, extent]) => ({ name, ...extent }));
      const byOffset = (a, b) => a.offsetBytes - b.offsetBytes;
      assert.deepEqual(listed.sort(byOffset), info.sections.toSorted(byOffset));
    });
  }
});

describe('the decoded sections', () => {
  for (const graded of [false, true]) {
    it(`are what the core reports of the nearest samples, ${graded ? 'graded' : 'binary'}`, async () => {
      const file = await everySection({ graded });
      const { info, neighbours } = await inCore(file, async (router) => ({
        info: router.info,
        neighbours: (
          await router.route(
            Float32Array.from({ length: 8 }, () => 1),
            { neighbours: 41 },
          )
        ).neighbours,
      }));
      const layout = layoutOf(file);
      const models = decodeStrings(sectionOf(file, 'model_names'), layout.models);
      assert.deepEqual(
        models,
        info.models.map(({ name }) => name),
      );
      const tasks = decodeStrings(sectionOf(file, 'task_names'), layout.tasks);
      const rowTasks = decodeRowTasks(sectionOf(file, 'row_tasks'));
      const ids = decodeStrings(sectionOf(file, 'sample_ids'), layout.rows);
      const outcomes = decodeOutcomes(layout, sectionOf(file, 'outcomes'), sectionOf(file, 'measured'));
      assert.equal(neighbours.length, 41);
      for (const { row, task, id, outcomes: reported } of neighbours) {
        assert.equal(tasks[rowTasks[row]], task);
        assert.equal(ids[row], id);
        const own = models.map((_, m) => outcomes[row * models.length + m]);
        assert.deepEqual(
          own.map((value) => (Number.isNaN(value) ? null : value)),
          models.map((name) => reported[name]),
        );
      }
    });
  }

  for (const dim of [1, 4, 5, 8, 13]) {
    it(`are the vectors of a shard, of dimension ${dim}`, async () => {
      const { file, embeddings } = await shardOf(randomSpec({ rows: 7, dim }));
      const codes = sectionOf(file, 'codes');
      assert.equal(codes.length, 7 * rowStride('float32', dim));
      assert.deepEqual(decodeFloat32Rows(codes, dim), embeddings);
      const some = decodeFloat32Rows(codes.subarray(2 * rowStride('float32', dim), 4 * rowStride('float32', dim)), dim);
      assert.deepEqual(some, embeddings.slice(2 * dim, 4 * dim));
    });
  }
});

/** Sets a 64-bit number of the section table's entry i. */
function withEntry(file, i, offset, value) {
  const copy = file.slice();
  new DataView(copy.buffer).setBigUint64(64 + 24 * i + offset, BigInt(value), true);
  return seal(copy);
}

describe('a forged file', () => {
  const OFFSET = 8;
  const SIZE = 16;
  const changed = (at, value) => Uint8Array.from(EXAMPLE, (byte, i) => (i === at ? value : byte));
  for (const [what, code, forge] of [
    ['of no bytes', 'bad_magic', () => new Uint8Array()],
    ['of another magic number', 'bad_magic', () => changed(3, 0x59)],
    ['of another magic number, and too short', 'bad_magic', () => changed(3, 0x59).subarray(0, 5)],
    ['cut within the magic number', 'truncated', () => EXAMPLE.subarray(0, 5)],
    ['cut within the header', 'truncated', () => EXAMPLE.subarray(0, 63)],
    ['cut after the header', 'truncated', () => EXAMPLE.subarray(0, 64)],
    ['with bytes after its end', 'bad_section', () => Uint8Array.of(...EXAMPLE, 0)],
    ['of another version', 'unsupported_version', () => withField(EXAMPLE, FIELD.major, 2)],
    ['of another header size', 'bad_section', () => withField(EXAMPLE, FIELD.headerSize, 68)],
    ['that announces more than it has', 'truncated', () => withField(EXAMPLE, FIELD.fileSize, EXAMPLE.length + 1)],
    ['that announces more than 32 bits can say', 'truncated', () => withField(EXAMPLE, FIELD.fileSize + 4, 1)],
    ['of an unknown type of code', 'unsupported_version', () => withField(EXAMPLE, FIELD.codes, 5)],
    ['of code type 0', 'unsupported_version', () => withField(EXAMPLE, FIELD.codes, 0)],
    ['of too many sections', 'size_overflow', () => withField(EXAMPLE, FIELD.sections, 65)],
    ['of more dimensions than 8192', 'size_overflow', () => withField(EXAMPLE, FIELD.dim, 8193)],
    ['of more tasks than rows', 'size_overflow', () => withField(EXAMPLE, FIELD.tasks, 4)],
    ['of no rows', 'bad_section', () => withField(EXAMPLE, FIELD.rows, 0)],
    ['of rows that it does not have', 'bad_section', () => withField(EXAMPLE, FIELD.rows, 2 ** 32 - 1)],
    [
      'whose section table ends after it',
      'truncated',
      () => seal(withField(EXAMPLE, FIELD.fileSize, 200).slice(0, 200)),
    ],
    ['with a misaligned section', 'bad_section', () => withEntry(EXAMPLE, 0, OFFSET, 0x1c4)],
    ['with a section in the table', 'bad_section', () => withEntry(EXAMPLE, 0, OFFSET, 64)],
    ['with sections that overlap', 'bad_section', () => withEntry(EXAMPLE, 0, SIZE, 65)],
    ['with a section that begins after it', 'truncated', () => withEntry(EXAMPLE, 13, OFFSET, 64 * 1000)],
    ['with a section that ends after it', 'truncated', () => withEntry(EXAMPLE, 13, SIZE, 49)],
    ['with a section of 2^64 - 1 bytes', 'truncated', () => withEntry(EXAMPLE, 13, SIZE, 2n ** 64n - 1n)],
    ['with a section at 2^64 - 64', 'truncated', () => withEntry(EXAMPLE, 13, OFFSET, 2n ** 64n - 64n)],
    ['with a section twice', 'bad_section', () => seal(EXAMPLE.map((byte, i) => (i === 64 + 24 ? 1 : byte)))],
  ]) {
    it(`${what} is ${code}, for the reader and the core`, async () => {
      const file = forge();
      await refused(() => layoutOf(file), code);
      await refused(infoOf(file), code);
    });
  }

  for (const name of ['codes', 'outcomes', 'measured', 'row_tasks', 'map']) {
    it(`with ${name} of another size is bad_section, for the reader and the core`, async () => {
      const file = await everySection();
      const view = new DataView(file.buffer);
      const { offsetBytes, sizeBytes } = layoutOf(file).sections.get(name);
      const places = Array.from({ length: 16 }, (_, i) => i);
      const place = places.find((i) => view.getBigUint64(64 + 24 * i + OFFSET, true) === BigInt(offsetBytes));
      const forged = withEntry(file, place, SIZE, sizeBytes - 1);
      await refused(() => layoutOf(forged), 'bad_section', new RegExp(`${name} has ${sizeBytes - 1} bytes`));
      await refused(infoOf(forged), 'bad_section', new RegExp(`${name} has ${sizeBytes - 1} bytes`));
    });
  }

  it('with a mask although nothing is missing is read, whatever the size of the mask', async () => {
    const file = withField(await everySection(), 52, 0);
    assert.equal(layoutOf(file).hasMissing, false);
    assert.equal((await infoOf(file)).missingOutcomes, 0);
  });

  it('of the fuzz corpus, or changed at random, is refused by the core as by the reader', async () => {
    const random = randomFrom(16);
    const files = readdirSync(CORPUS).map((name) => [name, new Uint8Array(readFileSync(CORPUS + name))]);
    for (let i = 0; i < 1000; ++i) {
      const copy = EXAMPLE.slice();
      copy[Math.floor(random() * (64 + 14 * 24))] = Math.floor(256 * random());
      files.push([`change ${i}`, seal(copy)]);
    }
    let refusals = 0;
    for (const [name, file] of files) {
      const own = await codeOf(() => layoutOf(file));
      if (own === undefined) continue;
      ++refusals;
      assert.equal(await codeOf(() => infoOf(file)), own, name);
    }
    assert.ok(refusals > 50, `only ${refusals} refusals`);
  });
});

expectNothingOpen();
