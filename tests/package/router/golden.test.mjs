// Numbers of the method from an independent implementation (tests/fixtures/golden), through the package.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { buildIndex } from '../../../dist/build.js';
import { Router } from '../../../dist/index.js';
import { expectNothingOpen, root } from '../support/fixtures.mjs';

/** As stated in the files: float32 rows, and float32 sums of at most 40 inputs. */
const SCORES = 1e-5;
/**
 * The files state 1e-6 given p. An index stores p as float32, which changes p by up to 6e-8, and the confidence by
 * more.
 */
const CONFIDENCE = 1e-5;

const folder = path.join(root, 'tests/fixtures/golden');
const readGolden = (file) => JSON.parse(readFileSync(path.join(folder, file), 'utf8'));

function near(actual, expected, tolerance, what) {
  const distance = Math.abs(actual - expected);
  assert.ok(distance <= tolerance, `${what}: got ${actual}, expected ${expected} within ${tolerance}`);
}

function specOf(golden) {
  const { dim, k, kappa, t: threshold, sigma, eta } = golden;
  return {
    dim,
    codes: 'float32',
    models: golden.models,
    tasks: golden.index.task,
    embeddings: golden.index.embeddings.flat(),
    outcomes: golden.index.outcomes.flat(),
    routing: { k, kappa, threshold, sigma, eta },
  };
}

/** Returns the training pairs of the distance estimator from the bytes of an index: u [pairs], p [pairs, models]. */
function pairsOf(bytes, info) {
  const floats = (name) => {
    const { offsetBytes, sizeBytes } = info.sections.find((section) => section.name === name);
    return new Float32Array(bytes.buffer, bytes.byteOffset + offsetBytes, sizeBytes / 4);
  };
  return { u: floats('pair_u'), p: floats('pair_p') };
}

const files = readdirSync(folder).filter((file) => file.endsWith('.json'));

it('finds the golden files', () => assert.ok(files.length >= 3));
expectNothingOpen();

for (const file of files) {
  describe(`${file}, through wasm`, () => {
    const golden = readGolden(file);
    const { expected, models } = golden;
    let bytes;
    let router;

    before(async () => {
      bytes = await buildIndex(specOf(golden));
      router = await Router.load({ index: bytes, embedder: null });
    });
    after(() => router.dispose());

    it('has the training pairs of the distance estimator inside its index', () => {
      const { u, p } = pairsOf(bytes, router.info);
      assert.equal(u.length, expected.pair_u.length);
      for (const [z, value] of expected.pair_u.entries()) near(u[z], value, SCORES, `u of pair ${z}`);
      for (const [i, value] of expected.pair_p.flat().entries()) near(p[i], value, SCORES, `p ${i}`);
    });

    it('predicts the correctness of each input', async () => {
      // Without a fallback: outside the coverage, models would be ranked by their means.
      const options = { policy: 'paper', maxCoveragePercentile: 100 };
      for (const [q, query] of golden.queries.entries()) {
        const { ranking } = await router.route(query, options);
        assert.equal(ranking.length, models.length);
        for (const { model, pCorrect } of ranking) {
          near(pCorrect, expected.g[q][models.indexOf(model)], SCORES, `g of query ${q} and ${model}`);
        }
      }
    });

    it('scores the task, and picks the model, with the confidence', async () => {
      const decision = await router.routeTask(golden.queries, { policy: 's3', maxCoveragePercentile: 100 });
      near(decision.u, expected.u, SCORES, 'u');
      near(decision.challengerConfidence, expected.confidence, CONFIDENCE, 'confidence');
      assert.equal(decision.bestSingleModel, models[expected.bma]);
      assert.equal(decision.challenger, models[expected.m3]);
      assert.equal(decision.model, models[expected.pick]);
      assert.equal(decision.ranking.length, models.length);
      for (const { model, s1, s2, s3, p, pCorrect } of decision.ranking) {
        const m = models.indexOf(model);
        near(s1, expected.S1[m], SCORES, `S1 of ${model}`);
        near(s2, expected.S2[m], SCORES, `S2 of ${model}`);
        near(s3, expected.S3[m], SCORES, `S3 of ${model}`);
        near(p, expected.p[m], SCORES, `p of ${model}`);
        assert.equal(pCorrect, s3);
      }
    });

    for (const [policy, score] of [
      ['s1', 'S1'],
      ['s2', 'S2'],
    ]) {
      it(`ranks by ${score} under the policy ${policy}, and picks the best of them`, async () => {
        const decision = await router.routeTask(golden.queries, { policy, maxCoveragePercentile: 100 });
        const best = Math.max(...expected[score]);
        near(expected[score][models.indexOf(decision.model)], best, 2 * SCORES, 'the pick');
        for (const { model, pCorrect } of decision.ranking) {
          near(pCorrect, expected[score][models.indexOf(model)], SCORES, `${score} of ${model}`);
        }
      });
    }
  });
}
