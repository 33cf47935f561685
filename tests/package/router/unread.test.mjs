// Prompts that the shipped embedder can read, and those that it can't: languages, marks, formulas, blanks.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { buildIndex } from '../../../dist/build.js';
import { Router } from '../../../dist/index.js';
import { WorkerRouter } from '../../../dist/worker.js';
import { expectNothingOpen, refused } from '../support/fixtures.mjs';
import { GIBBERISH, LANGUAGES, MARKS } from '../support/unread-texts.mjs';

const READ = [
  'How many prime numbers lie between 10 and 50?',
  '2+2=?',
  '17.5% of 2340',
  '(3 - 1) * 4 / 2',
  '√16 = ?',
  '∫ x^2 dx',
  '\\frac{\\partial^2 u}{\\partial t^2} = c^2 \\nabla^2 u',
  'α² + β² = γ²',
  '^(?:\\d{3}-)?[A-Za-z_]\\w*$',
  '{"a":[1,2,{"b":null}],"c":"x"}',
  'SELECT a.id, COUNT(*) FROM a JOIN b ON b.a_id = a.id GROUP BY 1;',
  'for(let i=0;i<n;++i)a[i]^=b[i]<<2;',
  '𝐇𝐨𝐰 𝐦𝐚𝐧𝐲 𝐩𝐥𝐚𝐧𝐞𝐭𝐬 𝐚𝐫𝐞 𝐭𝐡𝐞𝐫𝐞?',
  'Was ist der Unterschied zwischen Gleich- und Wechselstrom?',
  '¿Cuántos planetas hay en el sistema solar?',
  'Jak ugotować barszcz i ile to trwa?',
  'What does "你好，世界" mean, and which tone does each syllable have?',
  // Short, mistyped, abbreviated or rare, but no gibberish.
  'hi',
  'ty',
  'brb',
  'tmux',
  'kubectl',
  'psycopg2',
  'EADDRINUSE',
  'strncpy vs strlcpy',
  'getElementById',
  'pembrolizumab',
  'BRCA1 vs BRCA2',
  'TP53 KRAS EGFR',
  'SKU BRK-40-XL',
  'HX-2209-71 error 28',
  'Grzegorz Brzęczyszczykiewicz',
  'Krzysztof Szczepański',
  'Donaudampfschifffahrtsgesellschaft',
  'Lorem ipsum dolor sit amet, consectetur adipiscing elit',
  'wierd thign hapened, pls hlp',
  'hahahaha',
  'Decrypt this Caesar cipher: FKQBOKXQFLKXI ALKXQFLKP XOB DOXQBCRIIV',
  'what does asdfghjkl mean',
  `Does the letter x appear in this text${' again and again'.repeat(20)}`,
  `Is there a path through the grid${' X O O X'.repeat(300)}`,
  `Which organism does this gene belong to? ${'ACGTTGCA'.repeat(60)}`,
];

describe('the default router', () => {
  let router;
  before(async () => {
    router = await Router.load();
  });
  after(() => router.dispose());
  expectNothingOpen();

  async function expectUnread(prompt, reason, sentence) {
    // Without the dial, which may pick a cheaper model.
    const decision = await router.route(prompt, { prefer: 'best' });
    const said = `${JSON.stringify(prompt)}: ${decision.fallbackReason}: ${decision.reason}`;
    assert.equal(decision.fallbackReason, reason, said);
    assert.equal(decision.model, decision.bestSingleModel);
    assert.equal(decision.coverage.outOfCoverage, true);
    assert.equal(decision.reasons.resemblance, sentence, said);
    const task = await router.routeTask([prompt]);
    assert.deepEqual([task.fallbackReason, task.reasons.resemblance], [reason, sentence]);
  }

  for (const [name, prompt] of Object.entries(LANGUAGES)) {
    it(`can't read ${name}`, () => expectUnread(prompt, 'unread', "This language can't be read."));
  }

  for (const prompt of MARKS) {
    it(`finds no words in ${JSON.stringify(prompt)}`, () =>
      expectUnread(prompt, 'unread', 'There are no words in this prompt.'));
  }

  for (const prompt of GIBBERISH) {
    it(`makes no sense of ${JSON.stringify(prompt)}`, () =>
      expectUnread(prompt, 'unread', 'This looks like random letters.'));
  }

  for (const prompt of ['', ' ', '\n\t', '\u00a0\u3000', '\u200b\u200b', '\ufeff', '\u2800']) {
    it(`finds nothing in ${JSON.stringify(prompt)}`, () =>
      expectUnread(prompt, 'empty_prompt', 'The prompt is empty.'));
  }

  for (const prompt of READ) {
    it(`reads ${JSON.stringify(prompt.slice(0, 60))}`, async () => {
      const decision = await router.route(prompt, { neighbours: 1 });
      assert.ok([null, 'out_of_coverage'].includes(decision.fallbackReason), decision.reason);
      assert.ok(decision.neighbours.length > 0);
    });
  }

  it('reads a text by the share of its letters', async () => {
    const [english, chinese] = ['Explain photosynthesis to a child. ', '请解释一下光合作用。'];
    for (const [prompt, unread] of [
      [english + chinese, undefined],
      [english + chinese.repeat(3), undefined],
      [english + chinese.repeat(4), 'language'],
    ]) {
      assert.equal((await router.embed([prompt]))[0].unread, unread, prompt);
    }
  });

  it('names the first cause that concerns a task without a prompt that it can read', async () => {
    for (const [prompts, reason, sentence] of [
      [['…', 'sdlfkjsdlfkj', '你好', ''], 'unread', "This language can't be read."],
      [['…', 'sdlfkjsdlfkj'], 'unread', 'These look like random letters.'],
      [['…', ''], 'unread', 'There are no words in these prompts.'],
      [['', ' '], 'empty_prompt', 'The prompts are empty.'],
    ]) {
      const decision = await router.routeTask(prompts);
      assert.equal(decision.fallbackReason, reason);
      assert.equal(decision.reasons.resemblance, sentence);
    }
    const some = await router.routeTask([READ[0], '你好，']);
    // The unread prompt does not count for the ranking; a model is paid to read it.
    const unpriced = ({ ranking }) => ranking.map(({ usdPerAnswer: _, ...ranked }) => ranked);
    assert.deepEqual(unpriced(some), unpriced(await router.routeTask([READ[0]])));
  });

  const QUESTION = 'What is two plus two?';

  for (const [what, blank] of [
    ['spaces', ' '],
    ['line ends', '\r\n'],
    ['zero-width spaces', '\u200b'],
    ['spaces of several kinds', ' \u00a0\t\u3000\ufeff'],
    ['astral tags', '\u{e0020}'],
  ]) {
    it(`reads a question before, after and between 9,000 ${what}`, async () => {
      const plain = await router.route(QUESTION);
      const blanks = blank.repeat(9000);
      const [first, ...rest] = QUESTION.split(' ');
      for (const text of [blanks + QUESTION, QUESTION + blanks, [first, blanks, rest.join(' ')].join(' ')]) {
        assert.deepEqual(await router.route(text), plain);
      }
      const long = await router.route(`${blanks}${'word '.repeat(3000)}`);
      assert.deepEqual([long.tokens, long.truncated], [512, true]);
    });
  }

  it('answers in a worker as in this thread', async () => {
    const worker = await WorkerRouter.load();
    try {
      for (const prompt of ['你好，', GIBBERISH[0], '…', '', READ[0]]) {
        assert.deepEqual(await worker.route(prompt), await router.route(prompt));
        assert.deepEqual(await worker.cascade(prompt), await router.cascade(prompt));
      }
    } finally {
      worker.dispose();
    }
  });
});

describe("an embedder of the caller's own", () => {
  const SPEC = {
    dim: 3,
    codes: 'float32',
    models: ['a', 'b'],
    tasks: ['t', 't', 't'],
    embeddings: [1, 0, 0, 0, 1, 0, 0, 0, 1],
    outcomes: [1, 0, 0, 1, 1, 1],
    embedder: { id: 'own' },
  };
  const VECTOR = Float32Array.of(1, 2, 3);
  let share;
  const embedder = {
    id: 'own',
    dim: 3,
    embed: async (texts) => texts.map(() => ({ vector: VECTOR, tokens: 2, truncated: false, wordShare: share })),
  };
  let router;
  before(async () => {
    router = await Router.load({ index: await buildIndex(SPEC), embedder });
  });
  after(() => router.dispose());

  it('may leave the share out: its vectors count as read, except those of blanks', async () => {
    share = undefined;
    for (const prompt of ['你好', '…']) {
      assert.deepEqual(await router.embed([prompt]), [
        { vector: VECTOR, tokens: 2, truncated: false, promptTokens: prompt === '…' ? 1 : 2 },
      ]);
    }
    const [{ vector, unread }] = await router.embed(['  ']);
    assert.deepEqual([[...vector], unread], [[0, 0, 0], 'empty']);
    assert.equal((await router.route('\n')).fallbackReason, 'empty_prompt');
  });

  for (const [value, unread] of [
    [1, undefined],
    [0.5, undefined],
    [0.49, 'language'],
    [0, 'language'],
    [Number.NaN, 'language'],
  ]) {
    it(`may report a share of ${value}`, async () => {
      share = value;
      assert.equal((await router.embed(['words']))[0].unread, unread);
      const { fallbackReason } = await router.route('words', { maxCoveragePercentile: 100, eta: 0 });
      assert.equal(fallbackReason, unread === undefined ? null : 'unread');
    });
  }

  it('may report gibberish', async () => {
    const own = await Router.load({
      index: await buildIndex(SPEC),
      embedder: {
        id: 'own',
        dim: 3,
        embed: async (texts) => texts.map(() => ({ vector: VECTOR, tokens: 2, truncated: false, gibberish: true })),
      },
    });
    const [{ vector, unread }] = await own.embed(['words']);
    own.dispose();
    assert.deepEqual([[...vector], unread], [[0, 0, 0], 'gibberish']);
  });

  it('gets its embeddings back as inputs, with a cause of the known ones', async () => {
    share = 0;
    const [embedding] = await router.embed(['…']);
    assert.deepEqual(await router.route(embedding), await router.route('…'));
    await refused(router.route({ ...embedding, unread: 'tired' }), 'invalid_argument', /not an embedding/);
  });
});
