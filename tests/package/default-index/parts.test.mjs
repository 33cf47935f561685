// The parts of the default index's builder, on small data of their own.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { setOffsets } from '../../../models/index/difficulty.mjs';
import { evidenceOf, mergeScores } from '../../../models/index/evidence.mjs';
import { whyLeftOut } from '../../../models/index/frontier-tasks.mjs';
import { levelOf, linksOf, makeKinds, readKinds } from '../../../models/index/kinds.mjs';
import { chooseModels } from '../../../models/index/models.mjs';
import { rankCorrelation, sigmoid } from '../../../models/index/numbers.mjs';
import { mayShow, nameOf, whySetLeftOut, whyTaskLeftOut } from '../../../models/index/published-tasks.mjs';
import { readEveryday } from '../../../models/index/sources/everyday.mjs';
import { centroidsOf, STATIC_VOTES } from '../../../models/index/spec.mjs';
import { cellsOf, fitStrength } from '../../../models/index/strength.mjs';
import { fitTokens } from '../../../models/index/tokens.mjs';

const near = (x, expected, tolerance = 1e-9) => assert.ok(Math.abs(x - expected) <= tolerance, `${x}, not ${expected}`);
const scoresOf = (values, evidence = 100) =>
  Object.entries(values).map(([model, score]) => ({ model, score, evidence }));
const meanTask = (name, values, more) => ({
  name,
  kind: 'means',
  weight: 1,
  rows: [],
  scores: scoresOf(values),
  ...more,
});

describe('evidence of a published score', () => {
  const task = { benchmark: 'b', kind: 'accuracy', reporter: 'independent' };

  it('grows with the questions, up to a limit', () => {
    assert.ok(evidenceOf(task, 50) < evidenceOf(task, 150));
    assert.equal(evidenceOf(task, 5000), evidenceOf(task, 200));
    assert.ok(evidenceOf(task, 1) > 0);
  });

  it('is less for grades, ratings and compiled scores', () => {
    assert.ok(evidenceOf({ ...task, kind: 'graded' }, 100) < evidenceOf(task, 100));
    assert.ok(evidenceOf({ ...task, kind: 'elo' }, 100) < evidenceOf({ ...task, kind: 'graded' }, 100));
    assert.ok(evidenceOf({ ...task, reporter: 'compiled' }, 100) < evidenceOf(task, 100));
  });
});

describe('merged scores', () => {
  it('of one task stay as they are', () => {
    assert.deepEqual(mergeScores([scoresOf({ a: 0.5, b: 0.7 })]), scoresOf({ a: 0.5, b: 0.7 }));
  });

  it('do not flatter a model that met only the easy task', () => {
    const easy = scoresOf({ a: 0.9, b: 0.8, late: 0.85 });
    const hard = scoresOf({ a: 0.4, b: 0.2 });
    const merged = new Map(mergeScores([easy, hard]).map(({ model, score }) => [model, score]));
    assert.ok(merged.get('b') < merged.get('late') && merged.get('late') < merged.get('a'));
    near(merged.get('late'), 0.6, 0.05);
  });

  it('add their evidence', () => {
    const [a, b] = mergeScores([scoresOf({ a: 0.5, b: 0.5 }, 20), scoresOf({ a: 0.5 }, 30)]);
    assert.deepEqual([a.evidence, b.evidence], [50, 20]);
  });
});

describe('strength', () => {
  const strengths = { weak: -1, middle: 0, good: 1, best: 2 };
  const levels = { easy: 1.5, hard: -1, steep: 0 };
  const slopes = { easy: 0.8, hard: 1, steep: 1.4 };
  const measured = {
    easy: ['weak', 'middle', 'good'],
    hard: ['middle', 'good', 'best'],
    steep: ['weak', 'good', 'best'],
  };
  const tasks = Object.entries(measured).map(([name, models]) =>
    meanTask(name, Object.fromEntries(models.map((m) => [m, sigmoid(levels[name] + slopes[name] * strengths[m])]))),
  );
  const fit = fitStrength(cellsOf(tasks));

  it('orders models that met different tasks', () => {
    const names = Object.keys(strengths);
    near(
      rankCorrelation(
        names.map((name) => fit.strength.get(name)),
        Object.values(strengths),
      ),
      1,
    );
  });

  it('predicts a task that a model did not meet', () => {
    assert.ok(fit.predict(tasks[0], 'best') > fit.predict(tasks[0], 'good'));
    assert.ok(fit.predict(tasks[1], 'weak') < fit.predict(tasks[1], 'middle'));
  });
});

describe('offsets of rows', () => {
  const row = (a, b, c) => ({ outcomes: new Map(Object.entries({ a, b, c }).filter(([, y]) => y !== undefined)) });

  it('say which rows are easier than their task, whoever met them', () => {
    const rows = [row(1, 1, 1), row(1, 1, 0), row(1, 0, 0), row(0, 0, 0), row(1, undefined, undefined), row(1, 1, 0)];
    setOffsets({ rows }, (_, model) => ({ a: 2, b: 0, c: -2 })[model]);
    const [all, some, few, none, onlyBest] = rows.map(({ offset }) => offset);
    assert.ok(all > some && some > few && few > none);
    assert.ok(onlyBest < all, 'that the best model was right says less');
    near(
      rows.reduce((sum, { offset }) => sum + offset, 0),
      0,
      1e-9,
    );
  });
});

describe('output tokens', () => {
  const tasks = [
    { name: 'livebench/typos', benchmark: 'livebench', domain: 'writing' },
    { name: 'livebench/spatial', benchmark: 'livebench', domain: 'reasoning' },
    { name: 'other/essay', benchmark: 'other', domain: 'writing' },
    { name: 'everyday/email', benchmark: 'everyday', domain: 'everyday work', answerTokens: 700 },
  ];
  tasks.push({ name: 'arena/mail', benchmark: 'arena', domain: 'writing' });
  tasks[3].links = [[tasks[4], 1]];
  const cell = (task, model, tokens) => ({ benchmark: 'livebench', task, model, tokens });
  const measured = [
    ...[cell('typos', 'short', 500), cell('typos', 'usual', 1000), cell('typos', 'long', 2000)],
    ...[cell('spatial', 'short', 2000), cell('spatial', 'usual', 4000), cell('spatial', 'long', 8000)],
    cell('typos', 'old', 9),
  ];
  const fitted = fitTokens(measured, tasks, (model) => model !== 'old');

  it('are those of the median model, and a ratio that is shrunk', () => {
    near(fitted.tasks.get('livebench/typos'), 1000, 1);
    near(fitted.tasks.get('livebench/spatial'), 4000, 1);
    near(fitted.models.get('usual'), 1, 1e-3);
    assert.ok(fitted.models.get('long') > 1.1 && fitted.models.get('long') < 2);
    assert.equal(fitted.models.has('old'), false);
  });

  it('of other tasks are those of the domain, of a kind its own, of an arena those of its kinds', () => {
    near(fitted.tasks.get('other/essay'), 1000, 1);
    assert.equal(fitted.tasks.get('everyday/email'), 700);
    near(fitted.tasks.get('arena/mail'), 700, 1);
  });
});

describe('kinds', () => {
  const tasks = [
    meanTask('arena/coding', { a: 0.5, b: 0.6 }, { domain: 'coding' }),
    meanTask('livebench/code_generation', { a: 0.5, b: 0.6 }, { domain: 'coding' }),
    meanTask('epoch/swe', { a: 0.4, b: 0.6 }, { domain: 'agentic coding' }),
  ];

  it('lead to the tasks that their patterns match, the nearer ones more', () => {
    const links = linksOf({ name: 'k', links: { 'arena/*': 1, 'domain:coding': 0.5, 'epoch/swe': 0.2 } }, tasks);
    const weights = new Map(links.map(([task, weight]) => [task.name, weight]));
    assert.deepEqual([...weights.keys()].sort(), tasks.map(({ name }) => name).sort());
    assert.ok(weights.get('arena/coding') > weights.get('livebench/code_generation'));
    assert.ok(weights.get('livebench/code_generation') > weights.get('epoch/swe'));
  });

  it('name no task that is not there', () => {
    assert.throws(() => linksOf({ name: 'k', links: { 'arena/poems': 1 } }, tasks), /k: no task matches arena\/poems/);
  });

  it('place their rows by level, around the level of its tasks', () => {
    const kind = { name: 'k', label: 'a kind', checkable: false, answerTokens: 1, links: { 'arena/*': 1 } };
    const everyday = [1, 2, 3, 4, 5].map((level) => ({ id: `${level}`, kind: 'k', prompt: `${level}`, level }));
    const [{ rows, links, weight }] = makeKinds([kind], everyday, tasks, () => 0.5);
    near(
      levelOf(links, () => 0.5),
      0.5,
    );
    assert.equal(weight, 0);
    const offsets = rows.map(({ offset }) => offset);
    assert.deepEqual(
      offsets.toSorted((a, b) => b - a),
      offsets,
    );
    assert.ok(0.5 + offsets[0] > 3 && 0.5 + offsets[4] < -1, 'easy ones are nearly sure, hard ones are not');
  });

  it('all have words, and a need that can be met', () => {
    const kinds = readKinds();
    assert.equal(new Set(kinds.map(({ name }) => name)).size, 47);
    for (const { label, needs, answerTokens } of kinds) {
      assert.match(label, /^[a-z]/);
      assert.ok([undefined, 'search', 'image'].includes(needs));
      assert.ok(answerTokens > 0);
    }
  });
});

describe('everyday prompts', () => {
  const kinds = new Set(['poem', 'sql']);
  function read(files) {
    const folder = mkdtempSync(path.join(tmpdir(), 'signalbox-everyday-'));
    try {
      for (const [name, lines] of Object.entries(files)) {
        const text = name.endsWith('.jsonl')
          ? lines.map((line) => JSON.stringify(line)).join('\n')
          : JSON.stringify(lines);
        writeFileSync(path.join(folder, name), text);
      }
      return readEveryday(folder, kinds);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  it('are read from all files, each prompt once, with the levels given later', () => {
    const rows = read({
      'a.jsonl': [
        { id: 'a1', kind: 'poem', prompt: 'a rhyme, please' },
        { id: 'a2', kind: 'sql', prompt: 'top 3?', level: 2 },
      ],
      'b.jsonl': [{ id: 'b1', kind: 'poem', prompt: 'a rhyme, please ' }],
      'levels-a.json': { a1: 4 },
    });
    assert.deepEqual(rows, [
      { id: 'a1', kind: 'poem', prompt: 'a rhyme, please', level: 4 },
      { id: 'a2', kind: 'sql', prompt: 'top 3?', level: 2 },
    ]);
  });

  it('are refused with another kind, another level or an id that occurs twice', () => {
    const one = { id: 'a', kind: 'poem', prompt: 'p' };
    assert.throws(() => read({ 'a.jsonl': [{ ...one, kind: 'ode' }] }), /a\.jsonl, line 1: 'ode' is not a kind/);
    assert.throws(() => read({ 'a.jsonl': [{ ...one, level: 6 }] }), /the level is 6, expected 1 to 5/);
    assert.throws(() => read({ 'a.jsonl': [one, { ...one, prompt: 'q' }] }), /line 2: the id a occurs twice/);
  });
});

describe('models', () => {
  const source = (models) => ({ models: new Map(models.map((model) => [model.name, model])) });
  const choose = (published, frontier, prices) =>
    chooseModels(
      { published: source(published), frontier: source(frontier) },
      (name) => prices[name] ?? null,
      () => ({ aliases: [] }),
    );
  const price = { in: 1, out: 2, date: '2026-09-23', source: 'list' };

  it('are those since 2025, and those of unknown date with a price', () => {
    const { models, undated, older } = choose(
      [
        { name: 'a/new-1', release_date: '2026-01-01' },
        { name: 'a/old', release_date: '2024-12-31' },
        { name: 'b/undated', release_date: null },
      ],
      [
        { name: 'b/priced', release_date: null },
        { name: 'a/new-1:thinking', release_date: '2026-01-01' },
        { name: 'b/early', release_date: null, before_2025: true },
      ],
      { 'b/priced': price, 'b/early': price },
    );
    assert.deepEqual([...models.keys()], ['a/new-1', 'b/priced']);
    assert.deepEqual([undated, older], [['b/undated'], ['a/old', 'b/early']]);
  });

  it('have no price where the only one cannot be', () => {
    const name = 'openai/gpt-5.6-terra-pro';
    const { models } = choose([{ name, release_date: '2026-07-09' }], [], { [name]: price });
    assert.equal(models.get(name).usdPerMTokIn, null);
    assert.equal('price' in models.get(name).record, false);
  });

  it('have a record without unknown fields, and a name for people', () => {
    const names = { 'openai/gpt-5.6-sol': 'GPT-5.6 Sol', 'qwen/qwen3-next-80b-a3b': 'Qwen3 Next 80B A3B' };
    const list = Object.keys(names).map((name) => ({ name, release_date: '2026-02' }));
    const { models } = choose(list, [], { 'openai/gpt-5.6-sol': { ...price, cacheRead: 0.1 } });
    for (const [name, displayName] of Object.entries(names))
      assert.equal(models.get(name).record.displayName, displayName);
    const { record, ...numbers } = models.get('openai/gpt-5.6-sol');
    assert.deepEqual(record.price, { currency: 'USD', date: '2026-09-23', source: 'list' });
    assert.deepEqual([numbers.usdPerMTokIn, numbers.usdPerMTokOut, numbers.usdPerMTokCacheRead], [1, 2, 0.1]);
    assert.equal('price' in models.get('qwen/qwen3-next-80b-a3b').record, false);
    assert.equal(Object.values(record).includes(undefined), false);
  });
});

describe('what may not ship', () => {
  it('is left out for its licence', () => {
    assert.equal(whyLeftOut({ source: 'pm_llm_bench', models: 99 }), 'GPL-3.0');
    assert.equal(whyLeftOut({ source: 'swebench_mini', models: 99 }), 'CC BY-NC');
    assert.match(whyLeftOut({ source: 'mcpmark', models: 99 }), /no licence/);
    const task = { benchmark: 'x', may_be_shipped: false, licence: 'none stated', flags: [] };
    assert.match(whyTaskLeftOut('x/y', task, 99), /no licence/);
    assert.equal(whyTaskLeftOut('x/y', { ...task, may_be_shipped: true, licence: 'MIT' }, 99), undefined);
  });

  it('is a prompt with a canary or without a licence, and a text under a licence that asks for more', () => {
    assert.match(whySetLeftOut({ licence: 'CC BY 4.0 (canary: not for training)' }), /canary/);
    assert.match(whySetLeftOut({ licence: 'none stated' }), /no licence/);
    assert.equal(whySetLeftOut({ licence: 'MIT' }), undefined);
    for (const licence of ['MIT', 'Apache-2.0', 'CC BY 4.0', 'ODC-BY-1.0']) assert.ok(mayShow({ licence }), licence);
    for (const licence of [
      'CC BY-SA 4.0',
      'Apache-2.0 (repository; CC BY-SA 4.0 on the data card)',
      'varies by data set',
    ]) {
      assert.ok(!mayShow({ licence }), licence);
    }
  });

  it('has one name for the parts of a task', () => {
    assert.equal(nameOf('euroeval/euroeval_danish_knowledge'), nameOf('euroeval/euroeval_danish_summarization'));
    assert.equal(nameOf('epoch/gpqa_diamond'), nameOf('helm_capabilities/helm_capabilities_gpqa'));
    assert.equal(nameOf('arena_text_style_control/coding'), 'arena/coding');
  });
});

describe('centroids', () => {
  it('are shared by tasks with the same prompts, which divide the vote', () => {
    const row = (id) => ({ id, set: 's' });
    const owner = { name: 'a', kind: 'means', weight: 1, rows: [row('1'), row('2')], sets: ['s'] };
    const other = { name: 'b', kind: 'means', weight: 1, rows: [], sets: ['s'] };
    const none = { name: 'c', kind: 'means', weight: 1, rows: [], sets: ['elsewhere'] };
    const vectors = { 1: [1, 0], 2: [0, 1] };
    const { values, biases } = centroidsOf([owner, other, none], ({ id }) => vectors[id], 2, STATIC_VOTES);
    const half = Math.fround(Math.SQRT1_2);
    assert.deepEqual([...values], [half, half, half, half, 0, 0]);
    near(biases[0], -Math.log(2), 1e-6);
    assert.deepEqual([biases[1], biases[2]], [biases[0], 0]);
  });
});
