// The decoders of an index file's sections, and the places that the core reports, agree with models/FORMAT.md.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { crc32 } from 'node:zlib';
import { buildIndex } from '../../../dist/build.js';
import { flatten } from '../../../dist/building/build-index.js';
import {
  decodeFloat32Rows,
  decodeMap,
  decodeOutcomes,
  decodeRowTasks,
  decodeStrings,
  findSection,
  float32Stride,
  outcomeSections,
} from '../../../dist/files/index-file.js';
import { Router } from '../../../dist/index.js';
import { loadLab } from '../../../dist/wasm/lab-module.js';
import { expectNothingOpen, infoOf, randomSpec, root } from '../support/fixtures.mjs';
import { predictorBytes } from '../support/predictor.mjs';

const EXAMPLE = new Uint8Array(readFileSync(`${root}/tests/fuzz/corpus/index/int8-binary.sbx`));
/** An index of every part, with packed outcomes. */
const PACKED = new Uint8Array(readFileSync(`${root}/tests/fuzz/corpus/index/packed-full.sbx`));
/** The same with a model that was added later, and without a plan. */
const ADDED = new Uint8Array(readFileSync(`${root}/tests/fuzz/corpus/index/added-full.sbx`));
const FORMAT = readFileSync(`${root}/models/FORMAT.md`, 'utf8');

function sectionOf(file, info, name) {
  const { offsetBytes, sizeBytes } = findSection(info, name);
  return file.subarray(offsetBytes, offsetBytes + sizeBytes);
}

/** An index of every section. */
const everySection = (more = {}) =>
  buildIndex({
    ...randomSpec({ rows: 41, models: 9, tasks: 3, missing: 0.2, ...more }),
    sampleIds: Array.from({ length: 41 }, (_, row) => [...`\uFEFFrow ${row} ü 😀`].slice(0, row % 10).join('')),
    families: predictorBytes({
      families: 1,
      centroids: [1, ...new Array(7).fill(0)],
      bias: [0],
      share: [1],
      right: new Array(9).fill(0.5),
      evidence: new Array(9).fill(1),
      usd: new Array(9).fill(-1),
    }),
    plan: {},
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
  it('is that of the example in FORMAT.md', async () => {
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
    const info = await infoOf(EXAMPLE);
    const { formatVersion, codes, rows, dim, graded, missingOutcomes } = info;
    assert.deepEqual([formatVersion, codes, rows, dim, graded, missingOutcomes], [[2, 0], 'int8', 3, 3, false, 0]);
    assert.equal(info.sections.length, 14);
    const extentIn = ([, at]) => Number.parseInt(at, 16);
    for (const name of ['metadata', 'model_names', 'routing', 'map', 'outcomes', 'codes']) {
      const line = dump.find(([, , , label]) => label === `${name}:`);
      assert.equal(findSection(info, name).offsetBytes, extentIn(line), name);
    }
    assert.deepEqual(decodeStrings(sectionOf(EXAMPLE, info, 'model_names'), 2), ['a', 'b']);
    assert.deepEqual([...decodeOutcomes(info, sectionOf(EXAMPLE, info, 'outcomes'))], [1, 0, 0, 1, 1, 1]);
    assert.equal(decodeMap(sectionOf(EXAMPLE, info, 'map'))[1], Math.fround(0xcae1 / 65535));
  });

  it('names the kinds of section of FORMAT.md, by their numbers', async () => {
    const [, table] = FORMAT.split(/^### Sections$|^\*\*String tables/m);
    const kinds = [...table.matchAll(/^\| (\d+) \| (\w+) \|/gm)].map(([, kind, name]) => [kind, name]);
    assert.equal(kinds.length, 33);
    const nameOf = new Map(kinds.map(([kind, name]) => [Number(kind), name]));
    const seen = new Set();
    for (const file of [await everySection(), PACKED, ADDED]) {
      const { sections } = await infoOf(file);
      const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
      const expected = sections.map((_, i) => {
        const [offset, size] = [72, 80].map((at) => Number(view.getBigUint64(at + 24 * i, true)));
        return { name: nameOf.get(view.getUint32(64 + 24 * i, true)), offsetBytes: offset, sizeBytes: size };
      });
      const byOffset = (a, b) => a.offsetBytes - b.offsetBytes;
      assert.deepEqual(sections.toSorted(byOffset), expected.sort(byOffset));
      for (const { name } of sections) seen.add(name);
    }
    const unseen = kinds.map(([, name]) => name).filter((name) => !seen.has(name));
    assert.deepEqual(unseen, ['model_numbers', 'families', 'added_models'], 'all that is written');
  });

  it('has a checksum for each section, and the order of FORMAT.md', () => {
    const [, list] = FORMAT.match(/what only some readers need: ([^.]+)\./);
    const order = list.split(', ').map((kind) => (kind === '9 or 20' ? 20 : Number(kind)));
    const lacking = new Map([
      [PACKED, [33]],
      [ADDED, [30]],
    ]);
    for (const [file, absent] of lacking) {
      const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
      const kinds = [];
      for (let at = 64; at < 64 + 24 * view.getUint32(24, true); at += 24) {
        const [offset, size] = [8, 16].map((more) => Number(view.getBigUint64(at + more, true)));
        assert.equal(view.getUint32(at + 4, true), crc32(file.subarray(offset, offset + size)));
        kinds.push(view.getUint32(at, true));
      }
      assert.deepEqual(
        kinds,
        order.filter((kind) => !absent.includes(kind)),
      );
    }
  });
});

describe('the constants of the policy in FORMAT.md', () => {
  it('are those of the core, with their defaults and ranges', () => {
    const [header, source] = ['h', 'cpp'].map((ext) => {
      return readFileSync(`${root}/src/index/mixture_constants.${ext}`, 'utf8');
    });
    const defaults = new Map([...header.matchAll(/double (\w+) = ([\d.]+);/g)].map(([, name, value]) => [name, value]));
    const bound = (text) => Number({ kSmall: 1e-6, kLarge: 1e6 }[text] ?? text);
    const expected = [...source.matchAll(/\{"(\w+)", &M::\w+, ([\w.-]+), ([\w.-]+)\}/g)].map(
      ([, name, low, high], i) => {
        return [i, name, Number(defaults.get(name)), bound(low), bound(high)];
      },
    );
    const rows = [...FORMAT.matchAll(/^\| (\d+) \| `(\w+)` \| ([\d.]+) \| (\S+) to (\S+) \|$/gm)];
    const listed = rows.map(([, i, name, ...numbers]) => [Number(i), name, ...numbers.map(Number)]);
    assert.ok(expected.length >= 20);
    assert.deepEqual(listed, expected);
  });
});

describe('the decoded sections', () => {
  for (const graded of [false, true]) {
    it(`are what the core reports of the nearest samples, ${graded ? 'graded' : 'binary'}`, async () => {
      const file = await everySection({ graded });
      const router = await Router.load({ index: file, embedder: null });
      const { info } = router;
      const { neighbours } = await router.route(Array(8).fill(1), { neighbours: 41 });
      router.dispose();
      const decoded = (name, count) => decodeStrings(sectionOf(file, info, name), count);
      const models = decoded('model_names', 9);
      assert.deepEqual(
        models,
        info.models.map(({ name }) => name),
      );
      const tasks = decoded('task_names', 3);
      const rowTasks = decodeRowTasks(sectionOf(file, info, 'row_tasks'));
      const ids = decoded('sample_ids', 41);
      const places = outcomeSections(info);
      assert.equal(places.outcomes, graded ? 'packed_outcomes' : 'outcomes', 'whichever is smaller');
      const outcomes = decodeOutcomes(info, sectionOf(file, info, places.outcomes), sectionOf(file, info, 'measured'));
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
      const codes = sectionOf(file, await infoOf(file), 'codes');
      const stride = float32Stride(dim);
      assert.equal(codes.length, 7 * stride);
      assert.deepEqual(decodeFloat32Rows(codes, dim), embeddings);
      const some = decodeFloat32Rows(codes.subarray(2 * stride, 4 * stride), dim);
      assert.deepEqual(some, embeddings.slice(2 * dim, 4 * dim));
    });
  }
});

expectNothingOpen();
