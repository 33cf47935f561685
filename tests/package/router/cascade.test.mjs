// Cascades through the package: saved plans, verdicts up to the end, the worker, and the command.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { MessageChannel } from 'node:worker_threads';
import { answerPort, Router } from '../../../dist/index.js';
import { WorkerRouter } from '../../../dist/worker.js';
import { dist, embedderFiles, expectNothingOpen, refused } from '../support/fixtures.mjs';
import { CODE, POEM, topicsIndex } from '../support/topics.mjs';

let index;
let router;
before(async () => {
  index = await topicsIndex();
  router = await Router.load({ index, embedder: embedderFiles() });
});
after(() => router.dispose());
expectNothingOpen();

const names = (plan) => plan.steps.map(({ model }) => model);
const saved = (plan) => JSON.parse(JSON.stringify(structuredClone(plan)));

describe('a plan', () => {
  it('asks cheap models first, and reports the value', async () => {
    const plan = await router.cascade(POEM);
    assert.deepEqual(names(plan), ['generalist', 'coder', 'poet']);
    assert.deepEqual(plan.verdicts, []);
    assert.equal(plan.fallbackReason, null);
    assert.equal(plan.tokens, 6);
    assert.deepEqual(plan.excluded, [{ model: 'unpriced', reason: 'price_unknown' }]);
    let [reach, quality, cost, worst] = [1, 0, 0, 0];
    for (const step of plan.steps) {
      assert.ok(Math.abs(step.reach - reach) < 1e-12);
      quality += reach * step.pIfReached;
      cost += reach * step.usdPerMTok;
      worst += step.usdPerMTok;
      reach *= 1 - step.pIfReached;
      assert.ok(Math.abs(step.expectedQuality - quality) < 1e-12);
      assert.ok(Math.abs(step.expectedUsdPerMTok - cost) < 1e-12);
      assert.equal(step.worstUsdPerMTok, worst);
    }
    const { expectedQuality, expectedUsdPerMTok, worstUsdPerMTok } = plan.steps.at(-1);
    const total = { expectedQuality, expectedUsdPerMTok, worstUsdPerMTok };
    assert.deepEqual({ ...plan, ...total }, plan);
    assert.deepEqual(saved(plan), plan);
  });

  it('is better with a larger budget, and never exceeds the budget', async () => {
    let quality = 0;
    for (const maxUsdPerMTok of [0.25, 0.75, 1, 3, 3.25, 4]) {
      const plan = await router.cascade(CODE, { maxUsdPerMTok });
      assert.ok(plan.worstUsdPerMTok <= maxUsdPerMTok);
      assert.ok(plan.expectedQuality >= quality, `${maxUsdPerMTok}`);
      quality = plan.expectedQuality;
    }
    assert.deepEqual(names(await router.cascade(CODE, { maxUsdPerMTok: 0.5 })), ['generalist']);
  });

  it('is shorter if correctness is worth less', async () => {
    assert.equal((await router.cascade(CODE, { costWeight: 1000 })).steps.length, 1);
    assert.equal((await router.cascade(CODE, { maxSteps: 2 })).steps.length, 2);
  });

  it('asks a list in its order, with the prices of the caller', async () => {
    const options = { models: ['unpriced', 'poet', 'coder'], prices: { unpriced: { in: 1, out: 5 } } };
    const plan = await router.cascade(POEM, options);
    assert.deepEqual(names(plan), ['unpriced', 'poet', 'coder']);
    assert.equal(plan.steps[0].usdPerMTok, 2);
    assert.deepEqual(names(await router.cascade(POEM, { ...options, maxUsdPerMTok: 3 })), ['unpriced', 'coder']);
    const candidates = { deny: ['generalist'] };
    assert.deepEqual(names(await router.cascade(POEM, { candidates })), ['coder', 'poet']);
  });

  it('uses means over tasks if the prompt is empty or cannot be read', async () => {
    const plan = await router.cascade('');
    assert.equal(plan.fallbackReason, 'empty_prompt');
    assert.ok(plan.steps.every(({ neighbours }) => neighbours === 0));
    const unread = { ...plan, fallbackReason: 'unread' };
    assert.deepEqual(await router.cascade('日本，日本？'), unread);
    assert.deepEqual(await router.cascade(new Float32Array(8)), { ...unread, tokens: null });
  });

  it('is refused with a code', async () => {
    await refused(router.cascade(POEM, { models: ['unpriced'] }), 'no_candidate');
    await refused(router.cascade(POEM, { maxUsdPerMTok: 0.1 }), 'no_candidate', /cost more than the maximum price/);
    await refused(router.cascade(POEM, { models: ['nobody'] }), 'unknown_model', /nobody/);
    await refused(router.cascade(POEM, { models: [] }), 'invalid_argument', /empty/);
    await refused(router.cascade(POEM, { models: ['poet', 'poet'] }), 'invalid_argument', /twice/);
    await refused(router.cascade(POEM, { maxSteps: 5 }), 'invalid_argument', /from 1 to 4/);
    await refused(router.cascade(POEM, { costWeight: -1 }), 'invalid_argument');
    await refused(router.cascade(POEM, { policy: 's1' }), 'invalid_argument', /'policy' is not known/);
    await refused(router.cascade(POEM, { signal: AbortSignal.abort() }), 'aborted');
  });
});

describe('next', () => {
  it('stops at a right answer, and continues after wrong ones to the end', async () => {
    const plan = await router.cascade(POEM);
    const right = router.next(plan, { correct: true });
    assert.equal(right.step, null);
    assert.equal(right.pAnswered, 1);
    assert.deepEqual(right.keep, { step: 0, model: 'generalist', confidence: 1 });
    let move = { plan, step: plan.steps[0] };
    for (const [i, step] of plan.steps.entries()) {
      assert.deepEqual(move.step, step);
      if (i > 0) assert.ok(Math.abs(move.pCorrect - step.pIfReached) < 1e-12);
      move = router.next(saved(move.plan), { correct: false });
    }
    assert.equal(move.step, null);
    assert.equal(move.pCorrect, null);
    assert.equal(move.pAnswered, 0);
    const strongest = plan.steps.reduce((a, b) => (b.pCorrect > a.pCorrect ? b : a));
    assert.equal(move.keep.model, strongest.model, 'all are wrong, so the strongest is kept');
    assert.deepEqual(plan.verdicts, [], 'the plan itself is unchanged');
    await refused(() => router.next(move.plan, 1), 'invalid_argument', /already been judged/);
  });

  it('continues below the threshold, but not at it', async () => {
    const plan = await router.cascade(POEM, { costWeight: 0.05 });
    const [{ threshold }, second] = plan.steps;
    assert.ok(threshold > 0 && threshold < 1);
    assert.equal(router.next(plan, threshold).step, null);
    const move = router.next(plan, threshold - 1e-9);
    assert.deepEqual(move.step, second);
    assert.ok(Math.abs(move.pAnswered - threshold) < 1e-8);
  });

  it('weighs the verdict of a judge that errs', async () => {
    const plan = await router.cascade(POEM);
    const { pCorrect } = plan.steps[0];
    const judge = { sensitivity: 0.8, specificity: 0.9 };
    const yes = router.next(plan, { correct: true, ...judge });
    assert.ok(Math.abs(yes.keep.confidence - (0.8 * pCorrect) / (0.8 * pCorrect + 0.1 * (1 - pCorrect))) < 1e-12);
    assert.equal(yes.step.model, plan.steps[1].model, 'cost does not matter, and the answer is not certain');
    const no = router.next(yes.plan, { correct: false, ...judge });
    assert.equal(no.keep.model, 'generalist');
    assert.ok(no.pAnswered < 1);
    const useless = router.next(plan, { correct: false, sensitivity: 0.5, specificity: 0.5 });
    assert.ok(Math.abs(useless.keep.confidence - pCorrect) < 1e-12, 'a random verdict changes nothing');
    assert.ok(Math.abs(useless.pCorrect - plan.steps[1].pCorrect) < 1e-12);
  });

  it('refuses invalid plans and verdicts', async () => {
    const plan = await router.cascade(POEM);
    for (const bad of [undefined, null, {}, { steps: [{}], verdicts: [] }, { ...plan, verdicts: [2] }]) {
      await refused(() => router.next(bad, 1), 'invalid_argument');
    }
    for (const bad of [undefined, null, -0.1, 1.1, NaN, 'yes', {}, { correct: 1 }, { correct: true, sensitivity: 2 }]) {
      await refused(() => router.next(plan, bad), 'invalid_argument');
    }
  });
});

it('a worker plans and continues in the same way', async () => {
  const { port1, port2 } = new MessageChannel();
  answerPort(port2);
  port1.start();
  port2.start();
  const worker = await WorkerRouter.load({ index: index.slice(), embedder: embedderFiles(), worker: port1 });
  const plan = await worker.cascade(POEM, { costWeight: 0.01 });
  assert.deepEqual(plan, await router.cascade(POEM, { costWeight: 0.01 }));
  assert.deepEqual(worker.next(plan, 0.2), router.next(plan, 0.2));
  const vector = [1, 0, 0, 1, 0, 0, 0, 1];
  assert.deepEqual(await worker.cascade(vector), await router.cascade(vector));
  await refused(worker.cascade(POEM, { maxUsdPerMTok: 0 }), 'no_candidate');
  worker.dispose();
  await new Promise((resolve) => setTimeout(resolve, 20));
  port1.close();
  port2.close();
});

describe('the command', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'signalbox-cascade-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  before(() => {
    writeFileSync(path.join(folder, 'index.sbx'), index);
    const files = embedderFiles();
    writeFileSync(path.join(folder, 'tokenizer.json'), files.tokenizer);
    writeFileSync(path.join(folder, 'model.safetensors'), files.model);
    writeFileSync(path.join(folder, 'config.json'), files.config);
  });
  const run = (...args) => {
    const files = ['--index', path.join(folder, 'index.sbx'), '--embedder', folder];
    const cli = fileURLToPath(new URL('cli.js', dist));
    return spawnSync(process.execPath, [cli, 'cascade', ...args, ...files], { encoding: 'utf8' });
  };

  it('prints the plan as JSON, and as text', async () => {
    const options = ['--models', 'coder, poet', '--cost-weight', '.01'];
    const { stdout, stderr } = run(POEM, '--json', ...options);
    assert.equal(stderr, '');
    const expected = await router.cascade(POEM, { models: ['coder', 'poet'], costWeight: 0.01 });
    assert.deepEqual(JSON.parse(stdout), expected);
    const text = run(POEM, '--max-usd-per-mtok', '3.3').stdout;
    assert.match(text, /1\. generalist +\$0\.25/);
    assert.match(text, /at worst \$3\.25/);
    assert.match(text, /Without a price, and left out: 1/);
    assert.match(run('').stdout, /The prompt is empty\. The chances are averages/);
    assert.match(run('日本，日本？').stdout, /This prompt can't be read\. The chances are averages/);
  });

  it('fails with the code of the error', () => {
    const { status, stderr } = run(POEM, '--max-usd-per-mtok', '0');
    assert.equal(status, 1);
    assert.match(stderr, /no_candidate/);
  });
});
