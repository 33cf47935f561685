// Tokens of a text for an ONNX model: how much of it is known, and which tokenizers are refused.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TextTokenizer } from '../../../dist/onnx/tokens.js';
import { refused, tokenizerJson } from '../support/fixtures.mjs';

const SETTINGS = { pooling: 'mean', maxTokens: 16, prefix: '', lowerCase: false };
const open = (json = tokenizerJson(), settings = {}) => new TextTokenizer(json, {}, {}, { ...SETTINGS, ...settings });
const withModel = (model) => ({ ...tokenizerJson(), model });

describe('a text', () => {
  for (const [text, known, wordShare] of [
    ['write a poem', 3, 1],
    ['write a zzz', 2, 6 / 9],
    ['日本, 東京?', 2, 0],
    ['?', 1, 0],
  ]) {
    it(`${JSON.stringify(text)} has ${known} known tokens`, () => {
      const read = open().encode(text);
      assert.deepEqual([read.known, read.wordShare, read.truncated], [known, wordShare, false]);
    });
  }

  it('may be gibberish', () => {
    for (const [text, gibberish] of [
      ['qzxkvbj wpfhtrblg', true],
      ['write a qzxkvbj wpfhtrblg poem', undefined],
      ['getting stuck', undefined],
    ]) {
      assert.equal(open().encode(text).gibberish, gibberish, text);
    }
  });

  it('is measured without the prefix', () => {
    const read = open(undefined, { prefix: 'write about ' }).encode('zzz');
    assert.deepEqual([read.known, read.wordShare], [0, 0]);
  });

  it('is read behind any number of blanks', () => {
    const plain = open().encode('write a poem');
    assert.deepEqual(open().encode(`${' \u200b'.repeat(5000)}write a poem`), plain);
  });

  it('has no share if the tokenizer reads bytes', () => {
    const model = { type: 'BPE', vocab: { a: 0, b: 1 }, merges: [] };
    const json = {
      ...withModel(model),
      normalizer: null,
      pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false },
    };
    assert.equal(open(json).encode('a').wordShare, undefined);
  });

  it('has no token for a word that the tokenizer finds nowhere', () => {
    const vocab = { a: 0, b: 1 };
    const json = { ...withModel({ type: 'WordLevel', vocab, unk_token: 'none' }), normalizer: null };
    assert.deepEqual(open(json).encode('b zzz a'), { ids: [1, 0], known: 2, truncated: false, wordShare: 2 / 5 });
  });

  it('has unknown tokens of a unigram model', () => {
    const vocab = [
      ['<unk>', 0],
      ['▁a', -1],
      ['▁b', -1],
    ];
    const json = { ...withModel({ type: 'Unigram', vocab, unk_id: 0 }), normalizer: null };
    json.pre_tokenizer = { type: 'Metaspace', prepend_scheme: 'always' };
    const { known, wordShare } = open(json).encode('a 日');
    assert.deepEqual([known, wordShare], [1, 1 / 2]);
  });
});

const LETTERS = [...'напишстхαβγ'];

/** Returns a WordPiece tokenizer with words of English, the letters of two other scripts, and words of another script. */
function wordPieces(words = []) {
  const tokens = ['[UNK]', 'write', 'about', ...LETTERS, ...LETTERS.map((letter) => `##${letter}`), '##2', ...words];
  const vocab = Object.fromEntries([...new Set(tokens)].map((token, i) => [token, i]));
  const model = { type: 'WordPiece', vocab, unk_token: '[UNK]', continuing_subword_prefix: '##' };
  return { ...withModel({ ...model, max_input_chars_per_word: 100 }), normalizer: null };
}

describe('letters of a script of which a vocabulary has no words', () => {
  const shareOf = (json, text) => open(json).encode(text).wordShare;

  it('count for nothing, although each is a token', () => {
    const russian = open(wordPieces()).encode('напиши стих');
    assert.deepEqual([russian.known, russian.wordShare], [10, 0]);
    assert.equal(shareOf(wordPieces(), 'write about стих'), 10 / 14);
    assert.equal(shareOf(wordPieces(), 'write about'), 1);
  });

  it('count if they are all letters of a word, as in a formula', () => {
    assert.equal(shareOf(wordPieces(), 'α β2 γ'), 1);
    assert.equal(shareOf(wordPieces(), 'αβ γ'), 1 / 3);
  });

  it('count once the vocabulary has 50 words of the script', () => {
    const words = Array.from(
      { length: 50 },
      (_, i) => `а${String.fromCodePoint(0x430 + (i % 32)).repeat(1 + (i >> 5))}`,
    );
    assert.equal(shareOf(wordPieces(words.slice(1)), 'напиши стих'), 0);
    assert.equal(shareOf(wordPieces(words), 'напиши стих'), 1);
    assert.equal(shareOf(wordPieces(words), 'αβ'), 0, 'each script by itself');
  });

  it('are those of Han characters unless there are a thousand, since each is a word', () => {
    const han = Array.from({ length: 1000 }, (_, i) => String.fromCodePoint(0x4e00 + i));
    const text = han.slice(1, 5).join(' ');
    assert.equal(shareOf(wordPieces(han.slice(1)), text), 0);
    assert.equal(shareOf(wordPieces(han), text), 1);
  });
});

it('a tokenizer that the library would apply in another way is refused', async () => {
  for (const [json, message] of [
    [withModel({ type: 'Foo', vocab: { a: 0, b: 1 } }), /not supported: the model Foo/],
    [{ ...tokenizerJson(), pre_tokenizer: { type: 'Punctuation' } }, /not supported: Punctuation Isolated/],
    [{ ...tokenizerJson(), pre_tokenizer: { type: 'Bar' } }, /not supported: .*Bar/],
  ]) {
    await refused(async () => open(json), 'bad_embedder', message);
  }
});
