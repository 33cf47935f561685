// Writes the tokenizer.json of an MPNet or a BERT over a list of words that can spell every ASCII text.

const LETTERS = [...'abcdefghijklmnopqrstuvwxyz0123456789'];
const SIGNS = [...'!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'];

const unused = (from, to) => Array.from({ length: to - from }, (_, i) => `[unused${from + i}]`);

/** Special tokens in the order of bert-base-uncased, whose [UNK] is 100. */
const BERT_SPECIAL = ['[PAD]', ...unused(0, 99), '[UNK]', '[CLS]', '[SEP]', '[MASK]'];

/** MPNet has four tokens before BERT's, which moves [UNK] to 104, and one after them. */
const MPNET_SPECIAL = ['<s>', '<pad>', '</s>', '<unk>'];
const MPNET_MASK = '<mask>';

const spelling = [...SIGNS, ...LETTERS, ...LETTERS.map((letter) => `##${letter}`)];

const idsOf = (tokens) => Object.fromEntries([...new Set(tokens)].map((token, id) => [token, id]));

const addedToken = (vocab, content, lstrip = false) => ({
  id: vocab[content],
  special: true,
  content,
  single_word: false,
  lstrip,
  rstrip: false,
  normalized: false,
});

/** Returns the settings of a file that was saved after use: an embedder that obeys them cuts and pads to 128 tokens. */
const savedSettings = (vocab, pad) => ({
  truncation: { direction: 'Right', max_length: 128, strategy: 'LongestFirst', stride: 0 },
  padding: {
    strategy: { Fixed: 128 },
    direction: 'Right',
    pad_to_multiple_of: null,
    pad_id: vocab[pad],
    pad_type_id: 0,
    pad_token: pad,
  },
});

const wordPiece = (vocab) => ({
  normalizer: {
    type: 'BertNormalizer',
    clean_text: true,
    handle_chinese_chars: true,
    strip_accents: null,
    lowercase: true,
  },
  pre_tokenizer: { type: 'BertPreTokenizer' },
  decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
  model: {
    type: 'WordPiece',
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 100,
    vocab,
  },
});

const specialToken = (id, typeId) => ({ SpecialToken: { id, type_id: typeId } });
const sequence = (id, typeId) => ({ Sequence: { id, type_id: typeId } });

/** Returns a template with `between` between two texts. */
const template = (vocab, start, between, end) => ({
  type: 'TemplateProcessing',
  single: [specialToken(start, 0), sequence('A', 0), specialToken(end, 0)],
  pair: [
    specialToken(start, 0),
    sequence('A', 0),
    ...between.map((token, i) => specialToken(token, i)),
    sequence('B', 1),
    specialToken(end, 1),
  ],
  special_tokens: Object.fromEntries(
    [start, end].map((token) => [token, { id: token, ids: [vocab[token]], tokens: [token] }]),
  ),
});

const roberta = (vocab) => ({
  type: 'RobertaProcessing',
  sep: ['</s>', vocab['</s>']],
  cls: ['<s>', vocab['<s>']],
  trim_offsets: true,
  add_prefix_space: false,
});

/**
 * Returns the tokenizer of all-mpnet-base-v2 with other words: <s> 0, <pad> 1, </s> 2, [UNK] 104 and <mask> last.
 * `words` are lower case; a part of a word starts with ##. `processor` adds <s> and </s>; files in use have one of two
 * kinds.
 */
export function makeTokenizer(words, { processor = 'RobertaProcessing' } = {}) {
  const vocab = idsOf([...MPNET_SPECIAL, ...BERT_SPECIAL, ...spelling, ...words, MPNET_MASK]);
  const added = [...MPNET_SPECIAL, '[UNK]'].map((token) => addedToken(vocab, token));
  return {
    version: '1.0',
    ...savedSettings(vocab, '<pad>'),
    added_tokens: [...added, addedToken(vocab, MPNET_MASK, true)],
    post_processor:
      processor === 'RobertaProcessing' ? roberta(vocab) : template(vocab, '<s>', ['</s>', '</s>'], '</s>'),
    ...wordPiece(vocab),
  };
}

/** Returns the tokenizer of a BERT: [PAD] 0, [UNK] 100, [CLS] 101, [SEP] 102, and type ids. */
export function bertTokenizer(words) {
  const vocab = idsOf([...BERT_SPECIAL, ...spelling, ...words]);
  return {
    version: '1.0',
    ...savedSettings(vocab, '[PAD]'),
    added_tokens: ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'].map((token) => addedToken(vocab, token)),
    post_processor: template(vocab, '[CLS]', ['[SEP]'], '[SEP]'),
    ...wordPiece(vocab),
  };
}

/** Returns the text of all-MiniLM-L6-v2's tokenizer.json from the words of its vocabulary in order, byte for byte. */
export function miniLmTokenizerText(words) {
  const { normalizer, pre_tokenizer, decoder, model } = wordPiece(null);
  const { version, truncation, padding, added_tokens, post_processor } = bertTokenizer([]);
  const { direction: _, ...cut } = truncation;
  const json = {
    ...{ version, truncation: cut, padding, added_tokens, normalizer },
    ...{ pre_tokenizer, post_processor, decoder, model },
  };
  // An object would put words such as "10" first.
  const vocab = words.map((word, id) => `${JSON.stringify(word)}:${id}`).join(',');
  return JSON.stringify(json).replace('"vocab":null', () => `"vocab":{${vocab}}`);
}

export const vocabSize = (tokenizer) => Object.keys(tokenizer.model.vocab).length;

const START = ['b', 'ch', 'd', 'f', 'g', 'k', 'l', 'm', 'n', 'p', 'r', 's', 'st', 't', 'v', 'z'];
const VOWELS = ['a', 'e', 'i', 'o', 'u', 'ai', 'ea', 'ou'];

/** Returns `count` different pronounceable words; every fourth is part of a word. */
export function madeUpWords(count) {
  const syllables = START.flatMap((start) => VOWELS.map((vowel) => start + vowel));
  return Array.from({ length: count }, (_, i) => {
    let word = '';
    // The digits of a number in base 128, one syllable each, so that different numbers have different words.
    for (let rest = i + syllables.length; rest > 0; rest = Math.floor(rest / syllables.length)) {
      word += syllables[rest % syllables.length];
    }
    return i % 4 === 3 ? `##${word}n` : `${word}n`;
  });
}
