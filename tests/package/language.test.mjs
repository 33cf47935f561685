// The countable part of the style rule: which lines it finds, and which it leaves alone.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deadLinks, oddDocument, oddEnglish } from '../../scripts/language.mjs';

const ODD = [
  ['a.ts', '/** What routes. */'],
  ['a.ts', '  /** Of what was given as a vector. */'],
  ['a.ts', '/**\n * Who does not wait has the index all the same.\n */'],
  ['a.h', '/// Where a distance stands.'],
  ['a.h', 'double mean = 0;  ///< Of all labels.'],
  ['a.mjs', "it('that are none', () => {});"],
  ['a.ts', '// An empty list is no error.'],
  ['a.md', 'A missing price is no zero.'],
];

const PLAIN = [
  ['a.ts', '/** Whether a model is left. */'],
  ['a.ts', '/** What is a policy? */'],
  ['a.ts', '/** Returns the pick.\n * Where prices are equal, the lower number. */'],
  ['a.h', '/// Returns the mean.\n/// Where none is measured, NaN.'],
  ['a.ts', '// There is no network.'],
  ['a.ts', '// The worker is no longer needed.'],
  ['a.md', 'Write "is not a", not "is no".'],
  ['a.md', 'A row says `is no`.'],
];

describe('the language check', () => {
  for (const [file, text] of ODD) {
    it(`finds ${JSON.stringify(text)}`, () => assert.equal(oddEnglish(file, text).length, 1));
  }
  for (const [file, text] of PLAIN) {
    it(`leaves ${JSON.stringify(text)} alone`, () => assert.deepEqual(oddEnglish(file, text), []));
  }
});

const OPENING = '# Prices\n\nThis page answers: where do prices come from?\n\n';

describe('the check of documents', () => {
  for (const text of [
    'They are dated. They age.',
    'They are dated (by day). `prices` replaces them.',
    '- Two are old. Both have a date.',
    'This sentence goes on\nin the next line.',
  ]) {
    it(`finds ${JSON.stringify(text)}`, () => assert.equal(oddDocument('docs/prices.md', OPENING + text).length, 1));
  }
  for (const text of [
    'They are dated.\nThey age.',
    '1. **Votes.** An input votes.\n2. It is 1.5 USD, e.g. for input.',
    '```\nCode. It may\nhave any form.\n```\n',
    '| a | b. C |\n|---|---|\n| They age. All do. | |',
    'It says "They are dated. They age." of them.',
    'Either:\n- old, or\n- new.',
  ]) {
    it(`leaves ${JSON.stringify(text)} alone`, () =>
      assert.deepEqual(oddDocument('docs/prices.md', OPENING + text), []));
  }
  it('wants the question that a page answers in its first line', () => {
    assert.equal(oddDocument('docs/prices.md', '# Prices\n\nPrices come from lists.\n').length, 1);
    assert.deepEqual(oddDocument('web/notes.md', '# Prices\n\nPrices come from lists.\n'), []);
  });
});

it('finds links that lead to nothing', () => {
  const text = 'See [a](a.md#there), [b](../b.md), [c](https://example.org/c.md), [d](#here) and `[e](e.md)`.\n';
  const asked = [];
  const exists = (named) => asked.push(named) > 1;
  assert.deepEqual(deadLinks('docs/x.md', text, exists), ['docs/x.md: the link to a.md leads to nothing']);
  assert.deepEqual(asked, ['docs/a.md', 'b.md']);
});
