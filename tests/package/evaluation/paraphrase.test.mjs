// Paraphrases: repeatable, different from the text, and still the same question.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PARAPHRASE_KINDS, paraphrase } from '../../../dist/evaluation/paraphrase.js';
import { randomFrom, withSeed } from '../support/fixtures.mjs';

const QUESTION = 'Which planet is the largest?\nA. Mercury\nB. Venus\nC. Jupiter\nD. Mars\nAnswer:';
const sorted = (text) => text.split(/\s+/).sort();

describe('a paraphrase', () => {
  it('is the same for the same seed, and usually another for another seed', () => {
    for (const kind of PARAPHRASE_KINDS) {
      assert.equal(paraphrase(QUESTION, kind, 5), paraphrase(QUESTION, kind, 5), kind);
      const variants = new Set(Array.from({ length: 20 }, (_, seed) => paraphrase(QUESTION, kind, seed)));
      assert.ok(variants.size > 1, kind);
    }
  });

  it('is never the text itself', async () => {
    await withSeed(17, () => {
      const random = randomFrom(17);
      for (let i = 0; i < 300; ++i) {
        const text = Array.from({ length: 12 }, () => 'Ab. 1\nB)'[Math.floor(8 * random())]).join('');
        for (const kind of PARAPHRASE_KINDS) assert.notEqual(paraphrase(text, kind, i), text, kind);
      }
    });
  });

  it('misspells a few words, and keeps their first letters', () => {
    for (let seed = 0; seed < 50; ++seed) {
      const words = paraphrase(QUESTION, 'typos', seed).split(/\s+/);
      const before = QUESTION.split(/\s+/);
      assert.equal(words.length, before.length);
      const changed = words.filter((word, i) => word !== before[i]);
      assert.ok(changed.length <= 1, changed.join());
      assert.ok(words.every((word, i) => word[0] === before[i][0]));
    }
    assert.equal(paraphrase('1 + 2 = ?', 'typos', 1), undefined, 'no word to misspell');
  });

  it('of the kind `case` changes only the case', () => {
    for (let seed = 0; seed < 20; ++seed) {
      assert.equal(paraphrase(QUESTION, 'case', seed).toLowerCase(), QUESTION.toLowerCase());
    }
    assert.equal(paraphrase('1 + 2 = ?', 'case', 1), undefined);
  });

  it('adds politeness around the text', () => {
    for (let seed = 0; seed < 20; ++seed) assert.ok(paraphrase(QUESTION, 'politeness', seed).includes(QUESTION));
  });

  it('reorders options under the unchanged letters', () => {
    for (let seed = 0; seed < 20; ++seed) {
      const changed = paraphrase(QUESTION, 'options', seed);
      assert.notEqual(changed, QUESTION);
      assert.deepEqual(sorted(changed), sorted(QUESTION));
      assert.deepEqual(
        changed.split('\n').map((line) => line[0]),
        QUESTION.split('\n').map((line) => line[0]),
      );
    }
    assert.match(paraphrase('Which?\n(A) yes\n(B) no', 'options', 1), /\(A\) no\n\(B\) yes/);
    assert.match(paraphrase('Which?\nA) yes\nB) no\nC) maybe', 'options', 1), /^Which\?\nA\) (no|maybe)/);
  });

  it('does not change texts without options', () => {
    for (const text of ['', 'A. only one', 'no options\nat all', 'A. one\n\nB. not beside it']) {
      assert.equal(paraphrase(text, 'options', 1), undefined, text);
    }
  });
});
