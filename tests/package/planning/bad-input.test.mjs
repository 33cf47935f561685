// Files and options that no plan can be made from: an error each, with its code, and a sentence that helps.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { fileFromBytes, plan, planInWorker, readPriceList } from '../../../dist/build.js';
import { StaticEmbedder } from '../../../dist/index.js';
import { expectNothingOpen, refused } from '../support/fixtures.mjs';
import { cellsOf, fileOf, gradedFile, gradedRows } from './graded.mjs';

let embedder;
before(async () => {
  embedder = await StaticEmbedder.load();
});
after(() => embedder.dispose());
expectNothingOpen();

const text = (content, name = 'graded.csv') => fileFromBytes(name, new TextEncoder().encode(content));
const planned = (file, options = {}) => plan([file], { embedder, index: false, ...options });

describe('files', () => {
  /** Files by what is wrong with them: [file, code, message]. */
  const WRONG = {
    'one model': [
      () => gradedFile({ models: ['large'] }),
      'invalid_argument',
      /got one model, 'large', expected at least two/,
    ],
    'few rows': [() => gradedFile({ rows: 29 }), 'invalid_argument', /got 29 graded prompts, expected at least 30/],
    'a column of answers': [
      () => fileOf(cellsOf(gradedRows(), { more: () => ({ remark: 'SELECT * FROM orders' }) })),
      'invalid_argument',
      /'SELECT \* FROM orders' in column 'remark', expected the score of a model: remove columns/,
    ],
    'no scores': [
      () => fileOf(cellsOf(gradedRows(), { costs: false }).map((row) => ({ ...row, large: '', small: '' }))),
      'invalid_argument',
      /no row can be used/,
    ],
    'no prompt column': [() => text('title,a,b\nhi,1,0\n'), 'invalid_argument', /prompt/],
    'two columns of one model': [() => text('prompt,a,a\nhi,1,0\n'), 'invalid_argument', /two columns 'a'/],
    'stars in place of scores': [
      () => fileOf(gradedRows().map(({ prompt }, i) => ({ prompt, a: 1 + (i % 5), b: 5 - (i % 5) }))),
      'invalid_argument',
      /out of 0 to 1|range/,
    ],
    percentages: [
      () => fileOf(gradedRows().map(({ prompt }) => ({ prompt, a: '85%', b: '90%' }))),
      'invalid_argument',
      /range 0,100/,
    ],
    'one conversation': [
      () => fileOf(cellsOf(gradedRows(), { more: () => ({ conversation: 'all' }) })),
      'invalid_argument',
      /in 1 group that must stay together, expected at least 10/,
    ],
    'six templates': [
      () => fileOf(cellsOf(gradedRows(), { more: (_, i) => ({ template: i % 6 }) })),
      'invalid_argument',
      /in 6 groups that must stay together.*leave out the columns/,
    ],
    'a cost that is a text': [
      () => fileOf(cellsOf(gradedRows(), { costs: false, more: () => ({ 'large|cost_usd': 'cheap' }) })),
      'invalid_argument',
      /'cheap' in column 'large\|cost_usd', expected a number/,
    ],
    'no table': [() => text('<html><body>no</body></html>', 'page.csv'), 'invalid_argument', /./],
    nothing: [() => text(''), 'invalid_argument', /./],
    'many models': [
      () =>
        fileOf(
          gradedRows({ rows: 40 }).map(({ prompt }, i) => ({
            prompt,
            ...Object.fromEntries(Array.from({ length: 65 }, (_, m) => [`m${m}`, (i + m) % 2])),
          })),
        ),
      'size_overflow',
      /got 65 models, expected at most 64/,
    ],
  };
  for (const [name, [file, code, message]] of Object.entries(WRONG)) {
    it(`refuses ${name}`, () => refused(() => planned(file()), code, message));
  }

  it('refuses more prompts than the limit before it embeds any', async () => {
    const rows = Array.from({ length: 100_001 }, (_, i) => `question ${i},1,0`).join('\n');
    const never = { id: 'never', dim: 3, embed: () => assert.fail('embedded') };
    await refused(
      () => planned(text(`prompt,a,b\n${rows}\n`), { embedder: never }),
      'size_overflow',
      /more than 100,000 prompts, expected at most as many: a sample of them is enough/,
    );
  });

  it('refuses more numbers than the limit before it embeds any', async () => {
    const wide = { id: 'wide', dim: 2 ** 21, embed: () => assert.fail('embedded') };
    await refused(() => planned(gradedFile(), { embedder: wide }), 'size_overflow', /expected at most 32 prompts/);
  });
});

describe('options', () => {
  const prices = readPriceList({ large: { in: 1, out: 2 } });
  /** Options by what is wrong with them: [options, code, message]. */
  const WRONG = {
    'two targets': [{ atMost: 1, save: 0.3 }, 'invalid_argument', /got atMost and save, expected at most one target/],
    'a budget without a volume': [{ budget: 500 }, 'invalid_argument', /budget without a volume/],
    'a share above one': [
      { save: 30 },
      'invalid_argument',
      /save is 30, expected a share from 0 to 1, such as 0\.3 for 30%/,
    ],
    'points below zero': [{ atMost: -1 }, 'invalid_argument', /atMost is -1, expected percentage points from 0 to 100/],
    'points that are not a number': [{ atMost: Number.NaN }, 'invalid_argument', /atMost is NaN/],
    'a budget of nothing': [{ budget: 0, volume: 10 }, 'invalid_argument', /budget is 0/],
    'a volume of nothing': [{ volume: 0 }, 'invalid_argument', /volume is 0/],
    'an unknown baseline': [
      { baseline: 'lagre' },
      'unknown_model',
      /'lagre' is not a model of the files, did you mean 'large'\?, expected large, small/,
    ],
    'a seed that is not a whole number': [{ seed: 1.5 }, 'invalid_argument', /seed is 1\.5/],
    'texts without words': [{ texts: true, words: false }, 'invalid_argument', /texts with words: false/],
    'an unknown key': [{ atmost: 1 }, 'invalid_argument', /'atmost' is not known, did you mean 'atMost'\?/],
    'a coreset': [{ maxRows: 10 }, 'invalid_argument', /'maxRows' is not known/],
    'a value that is not an index': [{ index: true }, 'invalid_argument', /index is true/],
  };
  for (const [name, [options, code, message]] of Object.entries(WRONG)) {
    it(`refuse ${name}`, () => refused(() => planned(gradedFile(), options), code, message));
  }

  it('refuse a target for costs without costs', async () => {
    const file = gradedFile({ costs: false });
    await refused(() => planned(file, { save: 0.3 }), 'invalid_argument', /target save, but no costs/);
    await refused(() => planned(file, { budget: 5, volume: 10 }), 'invalid_argument', /target budget, but no costs/);
  });

  it('refuse a baseline whose cost is not known while others are', async () => {
    const cells = cellsOf(gradedRows({ models: ['large', 'small', 'tiny'] })).map(
      ({ 'tiny|cost_usd': _, ...row }) => row,
    );
    await refused(
      () => planned(fileOf(cells), { baseline: 'tiny' }),
      'invalid_argument',
      /the cost of the baseline 'tiny' is not known/,
    );
  });

  it('are refused before a file is read', async () => {
    const unread = { path: 'unread.csv', size: 10, slice: () => assert.fail('read') };
    await refused(() => planned(unread, { save: 7 }), 'invalid_argument', /save is 7/);
    await refused(
      () => planned(unread, { prices: { prices: [{ name: 'x', in: -1, out: 0 }] } }),
      'invalid_argument',
      /the price of x/,
    );
    assert.equal(prices.prices.length, 1);
  });

  it('of another kind are refused, here and for a worker', async () => {
    await refused(() => plan([gradedFile()], 'save'), 'invalid_argument', /options/);
    await refused(() => planInWorker([new File(['x'], 'x.csv')], 7), 'invalid_argument', /options/);
    await refused(() => plan('graded.csv'), 'invalid_argument', /a list of File/);
  });
});

describe('a signal', () => {
  it('that is aborted stops at every step, and frees everything', async () => {
    const steps = [];
    for (let stop = 0; ; ++stop) {
      const controller = new AbortController();
      let seen = 0;
      let last;
      const onProgress = ({ step }) => {
        if (step === last) return;
        last = step;
        if (seen++ === stop) {
          steps.push(step);
          controller.abort();
        }
      };
      const made = planned(gradedFile({ rows: 60 }), { signal: controller.signal, onProgress });
      if (
        await made.then(
          () => true,
          (error) => assert.equal(error.code, 'aborted'),
        )
      )
        break;
    }
    for (const step of ['comparing prompts', 'embedding 60 prompts', 'looking for near-duplicates', 'planning']) {
      assert.ok(steps.includes(step), `${step}: ${steps.join(', ')}`);
    }
  });
});
