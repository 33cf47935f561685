// Native and wasm make the same plan, to the last bit of every number and of the predictor.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, it } from 'node:test';
import { loadLab } from '../../../dist/wasm/lab-module.js';
import { randomFrom, randomVectors, root } from '../support/fixtures.mjs';

const command = path.join(root, 'build/native/tests/core/signalbox_native');
let folder;

before(() => {
  assert.ok(existsSync(command), `${command} is missing: cmake --build build/native --target signalbox_native`);
  folder = mkdtempSync(path.join(tmpdir(), 'signalbox-plan-parity-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** Returns prompts of four kinds, three models that are each good at one, and gaps. */
function drawPrompts({ seed, rows, dim, graded, missing, chosen = 0 }) {
  const random = randomFrom(seed);
  const models = 3;
  const noise = randomVectors(random, rows, dim);
  const kind = (row) => row % 4;
  const isGap = () => random() < missing;
  const outcome = (row, model) => {
    const chance = kind(row) === model ? 0.9 : 0.5;
    if (isGap()) return Number.NaN;
    return graded ? Math.round(8 * chance * random()) / 8 : Number(random() < chance);
  };
  return {
    spec: { dim, models, seed, target: { kind: seed % 2 === 0 ? 'knee' : 'at-most', value: 2 } },
    embeddings: noise.map((x, i) => 0.3 * x + (i % dim === kind(Math.floor(i / dim)) ? 1 : 0)),
    outcomes: Float32Array.from({ length: rows * models }, (_, i) => outcome(Math.floor(i / models), i % models)),
    costs: Float32Array.from({ length: rows * models }, (_, i) =>
      isGap() ? Number.NaN : 0.001 * (1 + (i % models)) * (1 + random()),
    ),
    groups: Uint32Array.from({ length: rows }, (_, row) => Math.floor(row / (seed % 3))),
    ...(chosen > 0 && { chosen: Uint8Array.from({ length: rows }, () => Number(random() < chosen)) }),
  };
}

function planNatively({ spec, embeddings, outcomes, costs, groups, chosen }) {
  const write = ([name, data]) => {
    const file = path.join(folder, name);
    writeFileSync(file, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    return file;
  };
  const files = Object.entries({ embeddings, outcomes, costs, groups }).map(write);
  const out = path.join(folder, 'predictor');
  const marks = chosen === undefined ? [] : [write(['chosen', chosen])];
  const args = ['plan', JSON.stringify(spec), ...files, out, ...marks];
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 26 });
  assert.equal(status, 0, stderr);
  return { numbers: JSON.parse(stdout).value, predictor: readFileSync(out) };
}

async function planInWasm(arrays) {
  const plan = (await loadLab()).openPlan(arrays);
  try {
    for (let at = plan.step(0); at.done < at.total; ) at = plan.step(100);
    return plan.finish();
  } finally {
    plan.close();
  }
}

const CASES = [
  { seed: 1, rows: 90, dim: 16, graded: false, missing: 0 },
  { seed: 2, rows: 120, dim: 128, graded: true, missing: 0.2 },
  { seed: 4, rows: 200, dim: 160, graded: false, missing: 0.1 },
  { seed: 5, rows: 200, dim: 16, graded: true, missing: 0.1, chosen: 0.5 },
];

for (const kind of CASES) {
  it(`native and wasm make the same plan: ${JSON.stringify(kind)}`, async () => {
    const arrays = drawPrompts(kind);
    const natively = planNatively(arrays);
    const inWasm = await planInWasm(arrays);
    assert.equal(natively.numbers.rows + natively.numbers.chosenRows, kind.rows);
    assert.equal(natively.numbers.chosenRows > 0, kind.chosen !== undefined);
    assert.ok(natively.numbers.curve.length > 2);
    assert.deepEqual(inWasm.numbers, natively.numbers);
    assert.ok(natively.predictor.equals(inWasm.predictor), 'the bytes of the predictor differ');
  });
}
