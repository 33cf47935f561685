// Tokenizers of Model2Vec folders: applied as the file says, or refused.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StaticEmbedder } from '../../../dist/index.js';
import { expectNothingOpen, jsonBytes, refused, safetensors } from '../support/fixtures.mjs';

expectNothingOpen();

const ROWS = 8;
/** Row i has a 1 in column i only: a sum of rows shows which they are. */
const table = {
  shape: [ROWS, ROWS],
  data: Float32Array.from({ length: ROWS ** 2 }, (_, i) => +(i % (ROWS + 1) === 0)),
};
const VOCAB = { '[UNK]': 0, hello: 1, world: 2, naïve: 3, '##s': 4, '!': 5, 日: 6 };
const MODELS = {
  WordPiece: { type: 'WordPiece', vocab: VOCAB, unk_token: '[UNK]', continuing_subword_prefix: '##' },
  WordLevel: { type: 'WordLevel', vocab: VOCAB, unk_token: '[UNK]' },
  Unigram: {
    type: 'Unigram',
    vocab: [
      ['<unk>', 0],
      ['▁hello', -1],
      ['▁world', -2],
      ['naïve', -3],
    ],
    unk_id: 0,
  },
  BPE: { type: 'BPE', vocab: { h: 0, i: 1, hi: 2, '[UNK]': 3 }, merges: ['h i'], unk_token: '[UNK]' },
};

function filesOf(changes, rows = ROWS) {
  const tokenizer = {
    version: '1.0',
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: { type: 'WhitespaceSplit' },
    post_processor: null,
    decoder: null,
    model: MODELS.WordPiece,
    ...changes,
  };
  const embeddings = { ...table, shape: [rows, ROWS], data: table.data.slice(0, rows * ROWS) };
  return { tokenizer: jsonBytes(tokenizer), model: safetensors({ embeddings }), config: jsonBytes({ id: 'test' }) };
}

/** Returns the rows that a text uses, and the share of its words that are known. */
async function read(changes, text) {
  const embedder = await StaticEmbedder.load(filesOf(changes));
  const [{ vector, tokens, wordShare }] = await embedder.embed([text]);
  embedder.dispose();
  return { rows: [...vector].flatMap((x, i) => (x > 0 ? [i] : [])), tokens, wordShare };
}

const split = (behavior, invert, pattern = { Regex: '\\s+' }) => ({ type: 'Split', pattern, behavior, invert });
const sequence = (...pretokenizers) => ({ type: 'Sequence', pretokenizers });

describe('a tokenizer', () => {
  const METASPACE = { type: 'Metaspace', prepend_scheme: 'always' };
  for (const [what, changes, text, rows, share] of [
    ['of whole words', { model: MODELS.WordLevel }, 'hello nothing world', [1, 2], 10 / 17],
    [
      'of whole words without an unknown token',
      { model: { ...MODELS.WordLevel, unk_token: 'none' } },
      'hello x',
      [1],
      5 / 6,
    ],
    ['of word pieces', {}, 'worlds nothings hello', [1, 2, 4], 11 / 19],
    ['of word pieces, in an old file', { model: { ...MODELS.WordPiece, type: undefined } }, 'worlds', [2, 4], 1],
    ['that is a unigram model', { model: MODELS.Unigram, pre_tokenizer: METASPACE }, 'hello 日本', [1], 5 / 7],
    ['of byte pairs', { model: MODELS.BPE }, 'hi q', [2], 2 / 3],
    ['that splits at white space', { pre_tokenizer: { type: 'Whitespace' } }, 'naïve!hello', [1, 3, 5], 1],
    ['that splits at white space first', { pre_tokenizer: sequence({ type: 'Whitespace' }) }, 'naïve!', [3, 5], 1],
    ['that removes separators', { pre_tokenizer: split('Removed', false) }, 'hello world', [1, 2], 1],
    ['that keeps matches', { pre_tokenizer: split('Removed', true, { Regex: '\\p{L}+' }) }, 'hello, world', [1, 2], 1],
    ['that isolates matches', { pre_tokenizer: split('Isolated', false, { String: '!' }) }, 'hello!', [1, 5], 1],
    ['that joins marks', { pre_tokenizer: { type: 'Punctuation', behavior: 'Contiguous' } }, 'hello!', [1, 5], 1],
  ]) {
    it(`${what} knows only its words`, async () => {
      assert.deepEqual(await read(changes, text), { rows, tokens: rows.length, wordShare: share });
    });
  }

  it('counts syllables and ligatures as the letters that they consist of', async () => {
    const vocab = { '[UNK]': 0, 한: 1, fi: 2 };
    const model = { ...MODELS.WordLevel, vocab };
    assert.equal((await read({ model }, '한 ﬁ')).wordShare, 3 / 5);
    assert.equal((await read({ model, normalizer: { type: 'NFKC' } }, '한 ﬁ')).wordShare, 1);
  });

  it('that reads bytes does not report a share', async () => {
    const model = { ...MODELS.BPE, unk_token: null };
    const bytes = await read({ model, pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false } }, 'hi q');
    assert.deepEqual(bytes, { rows: [2], tokens: 1, wordShare: undefined });
  });

  const model = (changes, base = MODELS.WordPiece) => ({ model: { ...base, ...changes } });
  for (const [what, changes, message] of [
    ['of an unknown type', model({ type: 'Foo' }), /the model Foo, expected WordPiece, WordLevel, Unigram, BPE/],
    ['of no type', { model: { vocab: VOCAB } }, /the model undefined, expected WordPiece/],
    ['without a vocabulary', { model: { type: 'WordLevel' } }, /no valid id/],
    ['with a number as vocabulary', { model: { type: 'WordLevel', vocab: 7 } }, /no valid id/],
    ['with the vocabulary of another model', model({ type: 'Unigram' }), /Unigram with the vocabulary of another/],
    ['with an id that is a text', model({ vocab: { ...VOCAB, x: '7' } }), /no valid id/],
    ['with a negative id', model({ vocab: { ...VOCAB, x: -1 } }), /no valid id/],
    ['with a damaged unigram', model({ vocab: [['a', 0], null] }, MODELS.Unigram), /no valid id/],
    ['with more words than the table', model({ vocab: { ...VOCAB, x: ROWS } }), /9 tokens, the table has 8/],
    ['with a far id', model({ vocab: { ...VOCAB, x: 2 ** 32 - 2 } }), /4294967295 tokens, the table has 8/],
    ['with an added word outside the table', { added_tokens: [{ id: 9, content: '[X]' }] }, /10 tokens/],
    ['with an added whole word', { added_tokens: [{ id: 7, content: 'x', single_word: true }] }, /single_word/],
    ['without a prefix of pieces', model({ continuing_subword_prefix: undefined }), /without continuing_subword/],
    ['with a prefix of byte pairs', model({ continuing_subword_prefix: '##' }, MODELS.BPE), /BPE with continuing/],
    ['with dropout', model({ dropout: 0.1 }, MODELS.BPE), /dropout/],
    ['with bytes in a unigram', model({ byte_fallback: true }, MODELS.Unigram), /byte_fallback/],
    ['that merges separators', { pre_tokenizer: split('MergedWithNext', false) }, /Split MergedWithNext/],
    ['that isolates the rest', { pre_tokenizer: split('Isolated', true) }, /Split Isolated/],
    ['that removes a text', { pre_tokenizer: split('Removed', false, { String: ' ' }) }, /Split Removed/],
    ['that splits at nothing', { pre_tokenizer: split('Removed', false, {}) }, /without a pattern/],
    ['that isolates marks', { pre_tokenizer: sequence({ type: 'Punctuation' }) }, /Punctuation Isolated/],
    [
      'that splits words by Metaspace',
      { pre_tokenizer: { type: 'Metaspace' } },
      /Metaspace that splits, before WordPiece/,
    ],
    ['with an unknown splitter', { pre_tokenizer: { type: 'CharDelimiterSplit' } }, /CharDelimiterSplit/],
    ['with an unknown normalizer', { normalizer: { type: 'Nmt' } }, /Nmt/],
  ]) {
    it(`${what} is refused`, () => refused(StaticEmbedder.load(filesOf(changes)), 'bad_embedder', message));
  }
});
