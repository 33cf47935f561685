/** tokenizer.json: the split of a text into words, and a vocabulary of pieces for greedy longest match (WordPiece). */
import { Tokenizer } from '@huggingface/tokenizers';

export const UNKNOWN = '[UNK]';
const CONTINUATION = '##';

const LOWER_CASE_WITHOUT_ACCENTS = {
  type: 'Sequence',
  normalizers: [{ type: 'NFKD' }, { type: 'StripAccents' }, { type: 'Lowercase' }],
};

/** Matches runs of letters, runs of digits, and single punctuation marks and symbols. */
const LETTERS_DIGITS_SIGNS = {
  type: 'Split',
  pattern: { Regex: '[\\p{L}\\p{M}]+|\\p{N}+|[\\p{P}\\p{S}]' },
  behavior: 'Removed',
  invert: true,
};

/** Returns the tokenizer.json for a list of pieces; piece i has the number i. */
export function tokenizerJson(pieces) {
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [
      { id: 0, content: UNKNOWN, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true },
    ],
    normalizer: LOWER_CASE_WITHOUT_ACCENTS,
    pre_tokenizer: LETTERS_DIGITS_SIGNS,
    post_processor: null,
    decoder: { type: 'WordPiece', prefix: CONTINUATION, cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: UNKNOWN,
      continuing_subword_prefix: CONTINUATION,
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(pieces.map((piece, i) => [piece, i])),
    },
  };
}

export function loadTokenizer(json) {
  return new Tokenizer(json, {});
}

/** Returns a tokenizer that normalises and splits, but has no pieces. */
export function emptyTokenizer() {
  return loadTokenizer(tokenizerJson([UNKNOWN]));
}

/** Returns the numbers of a text's pieces as the package does: no special tokens, unknown words left out. */
export function encode(tokenizer, text) {
  return tokenizer.encode(text, { add_special_tokens: false }).ids.filter((id) => id !== 0);
}
