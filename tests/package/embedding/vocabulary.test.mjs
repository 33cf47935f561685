// A vocabulary that is read apart from its tokenizer.json makes the same tokenizer as the library alone.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { openTokenizer } from '../../../dist/embedding/tokenizer.js';
import { endOf, parseTokenizer } from '../../../dist/embedding/vocabulary.js';
import { root } from '../support/fixtures.mjs';

const TEXTS = [
  'Prove that √2 is irrational',
  'back\\slash "quoted" {"vocab":{}} ünïcödé 日本 12',
  '<s> x </s> [UNK]',
  '',
];

/** A WordPiece file with these entries of the vocabulary, which may repeat keys, and these tokens of its own list. */
function fileOf(entries, { added = [], space = '', model = {} } = {}) {
  const pairs = entries.map(([token, id]) => `${space}${JSON.stringify(token)}${space}:${space}${id}${space}`);
  const rest = {
    version: '1.0',
    added_tokens: added.map(([content, id]) => ({ id, content, special: true, normalized: false, single_word: false })),
    normalizer: { type: 'Lowercase' },
    pre_tokenizer: { type: 'Whitespace' },
    post_processor: null,
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: { type: 'WordPiece', unk_token: '[UNK]', continuing_subword_prefix: '##', vocab: 'HERE', ...model },
  };
  return JSON.stringify(rest).replace('"HERE"', `{${pairs.join(',')}}`);
}

/** Checks that both ways give the same tokenizer, and returns the vocabulary that was read apart. */
function same(text, label) {
  const { json, vocabulary } = parseTokenizer(text);
  const apart = openTokenizer(json, {}, vocabulary);
  const whole = openTokenizer(JSON.parse(text));
  assert.deepEqual(apart.model.tokens_to_ids, whole.model.tokens_to_ids, label);
  assert.deepEqual([...apart.model.vocab], [...whole.model.vocab], label);
  assert.equal(apart.model.unk_token_id, whole.model.unk_token_id, label);
  for (const prompt of TEXTS) assert.deepEqual(apart.encode(prompt), whole.encode(prompt), `${label}: ${prompt}`);
  return vocabulary;
}

const WORDS = [
  ['[UNK]', 0],
  ['prove', 1],
  ['##d', 2],
];

describe('a vocabulary that is read apart', () => {
  it('is that of the shipped embedder', () => {
    const text = readFileSync(path.join(root, 'models/embedder/tokenizer.json'), 'utf8');
    const vocabulary = same(text, 'shipped');
    assert.equal(vocabulary.tokens.length, Object.keys(JSON.parse(text).model.vocab).length);
    assert.equal(endOf(vocabulary), vocabulary.tokens.length);
  });

  it('may have escapes, blanks, keys of numbers or of objects, and tokens that look like JSON', () => {
    const odd = [
      '"',
      '\\',
      '\\"',
      '##\\',
      '":7,',
      '"vocab":{',
      '}',
      '1',
      '0',
      '__proto__',
      'constructor',
      '\u2028',
      '\n',
      '🍳',
      '',
    ];
    const entries = [...WORDS, ...odd.map((token, i) => [token, i + 3])];
    for (const space of ['', '\n  ', '\t\r ']) {
      const vocabulary = same(fileOf(entries, { space }), JSON.stringify(space));
      assert.equal(vocabulary.tokens.length, entries.length);
    }
  });

  it('gives way to the tokens of the file’s own list', () => {
    const added = [
      ['[UNK]', 0],
      ['prove', 9],
      ['<s>', 10],
    ];
    assert.ok(same(fileOf(WORDS, { added }), 'added'));
    assert.ok(same(fileOf(WORDS.slice(1), { added }), 'the unknown token only there'));
    assert.ok(same(fileOf([...WORDS, ['prove', 7]]), 'a key twice'));
  });

  it('is not read apart from anything else', () => {
    const unigram = fileOf(WORDS).replace('"WordPiece","unk_token"', '"WordLevel","unk_token"');
    const other = fileOf(WORDS).replace('"normalizer":', '"other":{"vocab":{"x":1}},"normalizer":');
    for (const text of [
      unigram,
      other,
      fileOf([]),
      fileOf([['x', -1]]),
      fileOf([['x', 1.5]]),
      fileOf([['x', '"1"']]),
    ]) {
      const { json, vocabulary } = parseTokenizer(text);
      assert.equal(vocabulary, undefined, text);
      assert.deepEqual(json, JSON.parse(text));
    }
    for (const text of ['', '{', '[]x', fileOf(WORDS).slice(0, -40), fileOf(WORDS).replace('"prove"', '"\\x"')]) {
      assert.throws(() => parseTokenizer(text), SyntaxError, text);
    }
    assert.throws(() => parseTokenizer(fileOf(WORDS).replace('"prove"', '"pro\nve"')), SyntaxError);
    assert.throws(() => parseTokenizer(fileOf(WORDS).replace('##d":2', '##d":2,')), SyntaxError);
  });
});
