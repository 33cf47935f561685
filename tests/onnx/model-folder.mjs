// Writes a folder like that of sentence-transformers' all-mpnet-base-v2, with random weights, as ONNX models and
// settings:
//
//   node tests/onnx/model-folder.mjs <folder> [--base]
//
// The model is small; with --base it has the true size (fp32 and int8), for benchmarks.
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { drawWeights, mpnetChunks } from './mpnet.mjs';
import { bertTokenizer, madeUpWords, makeTokenizer, vocabSize } from './tokenizer.mjs';
import { configOf } from './weights.mjs';

const FILES = { fp32: 'model', int8: 'model_quantized', fp16: 'model_fp16', q4: 'model_q4' };

const DEFAULTS = {
  layers: 2,
  hidden: 32,
  heads: 4,
  intermediate: 64,
  positions: 514,
  tokenTypes: 0,
  pooling: 'mean',
  precisions: Object.keys(FILES),
  maxTokens: 384,
  seed: 1,
};

const BASE = {
  layers: 12,
  hidden: 768,
  heads: 12,
  intermediate: 3072,
  vocab: 30527,
  precisions: ['fp32', 'int8'],
};

/** Some words of typical questions to a router; the tokenizer spells all others. */
const WORDS = (
  'the of and to in is for that what how why which who when where with from a an by are was it as on not this write ' +
  'function code python list sort string number prime sum product equation solve integral proof theorem explain ' +
  'translate english french german spanish sentence word poem story history war capital city country river law ' +
  'medicine disease treatment cell protein energy force mass speed of light market price stock tax bank question ' +
  'answer choose best option true false year day time people world ##s ##ing ##ed ##er ##ly ##tion ##able'
).split(' ');

function tokenizerOf({ tokenTypes, vocab, words = WORDS, processor }) {
  const make = tokenTypes > 0 ? bertTokenizer : makeTokenizer;
  const tokenizer = make(words, { processor });
  const missing = (vocab ?? 0) - vocabSize(tokenizer);
  return missing > 0 ? make([...words, ...madeUpWords(missing)], { processor }) : tokenizer;
}

function modelConfig({ layers, hidden, heads, intermediate, vocab, positions, tokenTypes, padId }) {
  const kind =
    tokenTypes > 0
      ? { architectures: ['BertModel'], model_type: 'bert', type_vocab_size: tokenTypes }
      : {
          architectures: ['MPNetForMaskedLM'],
          model_type: 'mpnet',
          bos_token_id: 0,
          eos_token_id: 2,
          relative_attention_num_buckets: 32,
        };
  return {
    ...kind,
    attention_probs_dropout_prob: 0.1,
    hidden_act: 'gelu',
    hidden_dropout_prob: 0.1,
    hidden_size: hidden,
    initializer_range: 0.02,
    intermediate_size: intermediate,
    layer_norm_eps: 1e-5,
    max_position_embeddings: positions,
    num_attention_heads: heads,
    num_hidden_layers: layers,
    pad_token_id: padId,
    vocab_size: vocab,
  };
}

const BERT_TOKENS = { unk_token: '[UNK]', sep_token: '[SEP]', pad_token: '[PAD]', cls_token: '[CLS]' };
const MPNET_TOKENS = {
  bos_token: '<s>',
  eos_token: '</s>',
  sep_token: '</s>',
  cls_token: '<s>',
  unk_token: '[UNK]',
  pad_token: '<pad>',
};

const maskToken = { content: '<mask>', single_word: false, lstrip: true, rstrip: false, normalized: false };

function tokenizerFiles({ tokenTypes }) {
  const isBert = tokenTypes > 0;
  const tokens = isBert ? BERT_TOKENS : MPNET_TOKENS;
  return {
    'special_tokens_map.json': { ...tokens, mask_token: isBert ? '[MASK]' : maskToken },
    'tokenizer_config.json': {
      do_lower_case: true,
      ...tokens,
      mask_token: isBert ? '[MASK]' : '<mask>',
      tokenize_chinese_chars: true,
      strip_accents: null,
      model_max_length: 512,
      tokenizer_class: isBert ? 'BertTokenizer' : 'MPNetTokenizer',
    },
  };
}

const sentenceModule = (idx, path, kind) => ({
  idx,
  name: String(idx),
  path,
  type: `sentence_transformers.models.${kind}`,
});

const sentenceFiles = ({ hidden, pooling, maxTokens }) => ({
  'modules.json': [
    sentenceModule(0, '', 'Transformer'),
    sentenceModule(1, '1_Pooling', 'Pooling'),
    sentenceModule(2, '2_Normalize', 'Normalize'),
  ],
  'sentence_bert_config.json': { max_seq_length: maxTokens, do_lower_case: false },
  '1_Pooling/config.json': {
    word_embedding_dimension: hidden,
    pooling_mode_cls_token: pooling === 'cls',
    pooling_mode_mean_tokens: pooling === 'mean',
    pooling_mode_max_tokens: false,
    pooling_mode_mean_sqrt_len_tokens: false,
  },
});

/** Returns the settings of a model by the names of their files: everything but its weights and tokenizer.json. */
export const settingsFiles = (config) => ({
  'config.json': modelConfig(config),
  ...tokenizerFiles(config),
  ...sentenceFiles(config),
});

/** Writes one chunk after the other, because the whole file would need its size in memory again. */
function writeChunks(path, chunks) {
  const file = openSync(path, 'w');
  try {
    for (const chunk of chunks) {
      for (let offset = 0; offset < chunk.length; ) offset += writeSync(file, chunk, offset);
    }
  } finally {
    closeSync(file);
  }
}

/**
 * Writes a model folder. Options are those of `DEFAULTS`, `words` for the tokenizer, `vocab` to fill it up with made-up
 * words, and `processor` (see makeTokenizer). With `tokenTypes`, the model takes type ids and its tokenizer is that of
 * a BERT.
 */
export function writeModelFolder(folder, options = {}) {
  const chosen = { ...DEFAULTS, ...options };
  const tokenizer = tokenizerOf(chosen);
  const weights = drawWeights({ ...chosen, vocab: vocabSize(tokenizer) });
  const config = { ...configOf(weights), pooling: chosen.pooling, maxTokens: chosen.maxTokens };
  for (const part of ['onnx', '1_Pooling']) mkdirSync(join(folder, part), { recursive: true });
  const json = { 'tokenizer.json': tokenizer, ...settingsFiles(config) };
  for (const [name, content] of Object.entries(json)) {
    writeFileSync(join(folder, name), `${JSON.stringify(content, null, 2)}\n`);
  }
  for (const precision of chosen.precisions) {
    writeChunks(join(folder, 'onnx', `${FILES[precision]}.onnx`), mpnetChunks(weights, { precision }));
  }
  return { weights, config };
}

function main(args) {
  const [folder] = args.filter((arg) => !arg.startsWith('--'));
  const unknown = args.find((arg) => arg.startsWith('--') && arg !== '--base');
  if (!folder || unknown) {
    console.error('usage: node tests/onnx/model-folder.mjs <folder> [--base]');
    process.exitCode = 2;
    return;
  }
  writeModelFolder(folder, args.includes('--base') ? BASE : {});
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) main(process.argv.slice(2));
