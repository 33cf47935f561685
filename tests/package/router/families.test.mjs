// Routing by families of prompts: an index of templated prompts, what it covers, its own setting, and what decisions say.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import { buildIndex } from '../../../dist/build.js';
import { answerPort, liveHandles, Router, StaticEmbedder } from '../../../dist/index.js';
import { WorkerRouter } from '../../../dist/worker.js';
import { everydayPrompts } from '../support/everyday.mjs';
import { expectNothingOpen, infoOf, randomSpec, refused } from '../support/fixtures.mjs';
import { centroidsOf, predictorBytes } from '../support/predictor.mjs';
import { TEMPLATE_NAMES, TEMPLATES, templateParaphrases, templateRows } from '../support/templates.mjs';

const MODELS = ['strong', 'middle', 'cheap'];
/** Means by template: the cheap model is as good at tickets and lessons, the middle one also at mails and invoices. */
const RIGHT = {
  tickets: [0.94, 0.93, 0.93],
  invoices: [0.92, 0.91, 0.6],
  mails: [0.9, 0.9, 0.7],
  sql: [0.9, 0.6, 0.3],
  bugs: [0.85, 0.55, 0.25],
  lessons: [0.95, 0.94, 0.95],
};
/** US dollars an answer: all templates cost the same. */
const USD = [0.02, 0.004, 0.0005];
const GIBBERISH = [
  'asdkjh qwezx zxcnb lkjhgf',
  'xkcqd qqqvvv bbbnnn wrtpl',
  'Пожалуйста, классифицируйте этот тикет',
  '请总结以下电子邮件',
];
const TICKET = TEMPLATES.tickets.row(1, 1);
const SQL = TEMPLATES.sql.row(1, 1);

const rows = templateRows();
const familyOf = rows.map(({ task }) => TEMPLATE_NAMES.indexOf(task));

let spec;
let families;
let embedder;
const routers = {};

async function load(index) {
  return Router.load({ index, embedder });
}

before(async () => {
  embedder = await StaticEmbedder.load();
  const vectors = (await embedder.embed(rows.map(({ prompt }) => prompt))).map(({ vector }) => vector);
  spec = {
    models: MODELS,
    tasks: rows.map(({ task }) => task),
    embeddings: Float32Array.from(vectors.flatMap((vector) => [...vector])),
    // Evenly spread over the rows of a template.
    outcomes: rows.flatMap(({ task }, i) =>
      RIGHT[task].map((p) => Math.floor(((i % 50) + 1) * p) - Math.floor((i % 50) * p)),
    ),
    dim: embedder.dim,
    embedder: { id: embedder.id, hash: embedder.hash },
  };
  families = {
    families: 6,
    answerValue: 0.1,
    centroids: centroidsOf(vectors, familyOf, 6),
    bias: new Array(6).fill(0),
    share: new Array(6).fill(1 / 6),
    right: TEMPLATE_NAMES.flatMap((name) => RIGHT[name]),
    evidence: new Array(18).fill(50),
    usd: TEMPLATE_NAMES.flatMap(() => USD),
  };
  const plan = { format: 'signalbox-plan-1', families: TEMPLATE_NAMES };
  routers.plan = await load(await buildIndex({ ...spec, families: predictorBytes(families), plan }));
  routers.before = await load(await buildIndex(spec));
  const one = { ...spec, tasks: rows.map(() => 'mine'), families: predictorBytes({ ...families, answerValue: -1 }) };
  routers.oneTask = await load(await buildIndex(one));
});
after(() => {
  for (const router of Object.values(routers)) router.dispose();
  embedder?.dispose();
});
expectNothingOpen();

/** Returns the prompts that are in coverage. */
async function covered(router, prompts) {
  const decisions = await router.routeMany(prompts);
  return prompts.filter((_, i) => !decisions[i].coverage.outOfCoverage && !decisions[i].fallback);
}

describe('an index with families', () => {
  it('is routed by them at its own setting, which its description states', async () => {
    const { info } = routers.plan;
    assert.deepEqual(info.families, { count: 6, answerValue: 0.1, linear: false });
    assert.deepEqual(info.plan, { format: 'signalbox-plan-1', families: TEMPLATE_NAMES });
    assert.deepEqual(info.formatVersion, [2, 1]);
    const picks = {};
    for (const name of TEMPLATE_NAMES) picks[name] = (await routers.plan.route(TEMPLATES[name].row(2, 3))).model;
    assert.deepEqual(picks, {
      tickets: 'cheap',
      invoices: 'middle',
      mails: 'middle',
      sql: 'strong',
      bugs: 'strong',
      lessons: 'cheap',
    });
  });

  it('says family, cost and what is given up', async () => {
    const decision = await routers.plan.route(TICKET);
    assert.equal(decision.policy, 'families');
    assert.equal(decision.families.length, 3);
    assert.equal(decision.families[0].name, 'tickets');
    assert.ok(decision.families[0].weight > 0.6);
    assert.equal(decision.tasks[0].task, 'tickets');
    assert.ok(Math.abs(decision.price.usdPerAnswer - USD[2]) < 1e-9);
    assert.equal(decision.price.usdPerMTok, null);
    assert.match(
      decision.reason,
      /^1 point below the best, for a fiftieth of its price\. This prompt belongs to the family "tickets"\.$/,
    );
    assert.ok(decision.confidence > 0.5 && decision.confidence < 1);
    assert.deepEqual(decision.notes, []);
    assert.equal(decision.bestSingleModel, 'strong');
    const [first] = (await routers.plan.route(SQL)).ranking;
    assert.equal(first.model, 'strong');
    assert.ok(first.interval[0] < first.pCorrect && first.pCorrect < first.interval[1]);
  });

  it('takes the dial', async () => {
    const pick = async (prompt, options) => (await routers.plan.route(prompt, options)).model;
    assert.equal(await pick(TEMPLATES.mails.row(1, 1), { prefer: 'balanced' }), 'middle');
    assert.equal(await pick(TICKET, { prefer: 'best' }), 'strong');
    assert.equal(await pick(SQL, { prefer: 'cheap' }), 'strong');
    assert.equal(await pick(SQL, { prefer: 100 }), 'cheap');
    assert.equal(await pick(SQL, { maxUsdPerAnswer: 0.01 }), 'middle');
    assert.equal(await pick(SQL, { candidates: ['cheap', 'middle'] }), 'middle');
  });

  it('sends what is like nothing else to the best model overall, and says that it costs most', async () => {
    const decision = await routers.plan.route('Tell me a joke about penguins');
    assert.equal(decision.fallbackReason, 'out_of_coverage');
    assert.equal(decision.model, 'strong');
    assert.equal(
      decision.reason,
      'Best overall, and the most expensive one. Nothing in the benchmark is like this prompt.',
    );
    assert.ok(Math.abs(decision.price.usdPerAnswer - USD[0]) < 1e-9);
  });

  it('routes a task, where labels do not count', async () => {
    const prompts = [0, 1, 2].map((a) => TEMPLATES.tickets.row(a, 0));
    const task = await routers.plan.routeTask(prompts);
    assert.equal(task.model, 'cheap');
    assert.match(task.reason, /These prompts belong to the family "tickets"\./);
    const labels = [{ index: 0, outcomes: { cheap: false, strong: true } }];
    const labelled = await routers.plan.routeTask(prompts, { labels, k: 3 });
    assert.equal(labelled.model, 'cheap');
    assert.deepEqual(
      labelled.notes.map(({ message }) => message),
      ['k', 'labels'].map((key) => `${key} does not affect the choice of the policy families`),
    );
  });

  it('notes a dial only if no cost is known that it could weigh', async () => {
    const codes = async (options) => (await routers.plan.route(TICKET, options)).notes.map(({ code }) => code);
    assert.deepEqual(await codes({ prefer: 10 }), []);
    assert.deepEqual(await codes({ costWeight: 1 }), ['no_prices']);
  });

  it('decides the same in a worker', async () => {
    const { port1, port2 } = new MessageChannel();
    answerPort(port2);
    const open = liveHandles();
    const worker = Object.assign(port1, { terminate: () => port1.close() });
    const index = await buildIndex({ ...spec, families: predictorBytes(families), plan: [1] });
    const router = await WorkerRouter.load({ index, worker });
    try {
      assert.deepEqual(router.info.families, routers.plan.info.families);
      assert.deepEqual(router.info.plan, [1]);
      assert.deepEqual(await router.route(TICKET), await routers.plan.route(TICKET));
    } finally {
      router.dispose();
      for (let turn = 0; turn < 200 && liveHandles() !== open; ++turn)
        await new Promise((done) => setTimeout(done, 20));
      port1.close();
      port2.close();
    }
  });

  it('has the other policies still', async () => {
    const { policy, families: none } = await routers.plan.route(TICKET, { policy: 's1' });
    assert.equal(policy, 's1');
    assert.equal(none, undefined);
    await refused(routers.before.route(TICKET, { policy: 'families' }), 'invalid_argument', /no families/);
  });

  it('numbers families that are not its tasks, and trades two points without a setting', async () => {
    const { info } = routers.oneTask;
    assert.equal(info.families.answerValue, null);
    const decision = await routers.oneTask.route(TICKET);
    assert.equal(decision.policy, 'families');
    assert.equal(decision.families[0].name, 'family 1');
    assert.equal(decision.model, 'cheap');
    assert.equal((await routers.oneTask.route(SQL)).model, 'strong');
    assert.deepEqual(decision.tasks, []);
    assert.deepEqual(decision.notes, [], 'families take the place of tasks');
  });
});

describe('the coverage of templated prompts', () => {
  const light = templateParaphrases().filter(({ isShort }) => !isShort);
  const short = templateParaphrases().filter(({ isShort }) => isShort);
  const promptsOf = (list) => list.map(({ prompt }) => prompt);

  // docs/studies.md has the numbers.
  it('includes every light change of the wording, and most short forms', async () => {
    assert.equal(light.length, 48);
    const [was, is] = [await covered(routers.before, promptsOf(light)), await covered(routers.plan, promptsOf(light))];
    assert.deepEqual(is, promptsOf(light), `${was.length} were covered without families`);
    assert.equal(was.length, 10);
    const shortNow = await covered(routers.plan, promptsOf(short));
    assert.deepEqual([shortNow.length, short.length], [19, 24]);
    assert.deepEqual(await covered(routers.before, promptsOf(short)), []);
  });

  it('leaves out other prompts, random letters and other scripts', async () => {
    assert.deepEqual(await covered(routers.plan, GIBBERISH), []);
    const everyday = everydayPrompts().map(({ prompt }) => prompt);
    const within = await covered(routers.plan, everyday);
    assert.ok(within.length <= 2, within.join('\n'));
    assert.ok(
      within.every((prompt) => /Postgres/.test(prompt)),
      'a query is one of the templates',
    );
  });

  it('does not name a covered prompt rare because its rows are close together', async () => {
    const { coverage } = await routers.plan.route(TICKET);
    assert.ok(coverage.percentile <= 90, String(coverage.percentile));
  });
});

describe('the bytes of families', () => {
  const small = randomSpec({ rows: 12, dim: 2, models: 2, tasks: 2 });
  const predictor = {
    families: 2,
    centroids: [1, 0, 0, 1],
    bias: [0, 0],
    share: [0.5, 0.5],
    right: [0.5, 0.25, 0.5, 0.75],
    evidence: [9, 9, 9, 9],
    usd: [-1, -1, -1, -1],
  };
  const build = (more) => buildIndex({ ...small, families: predictorBytes({ ...predictor, ...more }) });

  it('are checked where they are given', async () => {
    assert.equal((await infoOf(await build({}))).families.count, 2);
    await refused(build({ bias: [0] }), 'bad_section', /prompt_families has 100 bytes, expected 104/);
    await refused(build({ share: [0, 0] }), 'non_finite', /shares/);
    await refused(build({ centroids: [1, 1, 0, 1] }), 'non_finite', /norm/);
    await refused(build({ temperature: 0 }), 'non_finite', /constant/);
    await refused(buildIndex({ ...small, families: [1, 2, 256] }), 'invalid_argument', /families holds/);
    await refused(buildIndex({ ...small, families: 'x' }), 'invalid_argument', /families/);
  });

  it('need no costs: then only correctness counts', async () => {
    const router = await Router.load({ index: await build({ answerValue: 1 }), embedder: null });
    const { model, price, notes } = await router.route([1, 0]);
    assert.equal(model, 'm0');
    assert.equal(price.usdPerAnswer, null);
    assert.deepEqual(notes, []);
    router.dispose();
  });

  it('go with a linear part', async () => {
    const linear = { weights: [0, 0, 0.5, 0], intercept: [0, 0.0625] };
    const router = await Router.load({ index: await build(linear), embedder: null });
    assert.equal(router.info.families.linear, true);
    const { ranking } = await router.route([3, 0], { maxCoveragePercentile: 100 });
    const weight = 1 / (1 + Math.exp(-10));
    const expected = weight * 0.25 + (1 - weight) * 0.75 + 0.5 + 0.0625;
    assert.ok(Math.abs(ranking.find(({ model }) => model === 'm1').pCorrect - expected) < 1e-12);
    router.dispose();
  });
});
