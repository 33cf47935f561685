/** Reads a model's configuration from a sentence-transformers folder; refuses settings that are not supported. */

import { errorFrom } from '../errors.js';
import { type Fields, isObject } from '../files/fields.js';
import type { Pooling } from './options.js';

/** Parsed files of the folder; `undefined` if absent. */
export interface ConfigurationFiles {
  config: Fields;
  tokenizerConfig: Fields | undefined;
  modules: unknown;
  pooling: Fields | undefined;
  sentenceBert: Fields | undefined;
  sentenceTransformers: Fields | undefined;
}

export interface Configuration {
  pooling: Pooling;
  /** Maximum tokens of a text, special ones included. */
  maxTokens: number;
  lowerCase: boolean;
  /** Prepended to every text. */
  prefix: string;
}

/** Defaults for, and overrides of, the folder's configuration. */
export interface Wanted {
  pooling?: Pooling | undefined;
  maxTokens?: number | undefined;
}

function bad(message: string): never {
  throw errorFrom('bad_embedder', message);
}

const SUPPORTED = ['Transformer', 'Pooling', 'Normalize'];

/** Returns the folder of the pooling module; `undefined` if there are no modules. */
export function poolingFolder(modules: unknown): string | undefined {
  if (modules === undefined) return undefined;
  if (!Array.isArray(modules)) bad('modules.json is not a list');
  const kinds = modules.map((module: unknown) => {
    const { type, path } = (isObject(module) ? module : {}) as { type?: unknown; path?: unknown };
    return { kind: typeof type === 'string' ? type.split('.').at(-1) : undefined, path };
  });
  const unsupported = kinds.find(({ kind }) => kind === undefined || !SUPPORTED.includes(kind));
  if (unsupported !== undefined) {
    bad(`modules.json has the module '${unsupported.kind}', expected ${SUPPORTED.join(', ')} only`);
  }
  const pooling = kinds.filter(({ kind }) => kind === 'Pooling');
  if (pooling.length !== 1 || kinds[0]?.kind !== 'Transformer') {
    bad('modules.json is not a Transformer followed by one Pooling');
  }
  const path = pooling[0]?.path;
  return typeof path === 'string' && path !== '' ? path : '1_Pooling';
}

const POOLING_FLAGS: Readonly<Record<string, Pooling>> = {
  pooling_mode_mean_tokens: 'mean',
  pooling_mode_cls_token: 'cls',
  pooling_mode_max_tokens: 'max',
};

/** Returns the enabled pooling mode, which must be the only one. */
function poolingOf(config: Fields): Pooling {
  const named = config.pooling_mode;
  const modes =
    named === undefined
      ? Object.keys(config).filter((key) => key.startsWith('pooling_mode_') && config[key] === true)
      : [named].flat().map((mode) => `pooling_mode_${String(mode)}${mode === 'cls' ? '_token' : '_tokens'}`);
  const [mode = ''] = modes;
  const pooling = Object.hasOwn(POOLING_FLAGS, mode) ? POOLING_FLAGS[mode] : undefined;
  if (pooling === undefined || modes.length > 1) {
    bad(`the pooling is ${modes.join(' and ') || 'not given'}, expected one of mean, cls and max`);
  }
  return pooling;
}

/** Returns a number if it is a limit, else infinity: tokenizers write 1e30 for no limit. */
const limitOf = (value: unknown): number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 3 && value < 1e6 ? value : Number.POSITIVE_INFINITY;

/** RoBERTa and related models count positions from after the padding's. */
const OFFSET_POSITIONS = ['mpnet', 'roberta', 'xlm-roberta', 'camembert'];

function positionsOf(config: Fields): number {
  const positions = limitOf(config.max_position_embeddings);
  return OFFSET_POSITIONS.includes(String(config.model_type)) ? positions - 2 : positions;
}

function maxTokensOf(files: ConfigurationFiles, wanted: number | undefined): number {
  const positions = positionsOf(files.config);
  const stated = limitOf(files.sentenceBert?.max_seq_length);
  const fallback = Math.min(limitOf(files.tokenizerConfig?.model_max_length), positions);
  const maxTokens = wanted ?? (Number.isFinite(stated) ? stated : fallback);
  if (!Number.isFinite(maxTokens)) bad('the folder does not say how many tokens the model reads: set maxTokens');
  if (maxTokens > positions) bad(`maxTokens is ${maxTokens}, the model has positions for ${positions}`);
  return maxTokens;
}

/** Returns the default prompt, which is prepended to every text. */
function prefixOf(config: Fields | undefined): string {
  const name = config?.default_prompt_name;
  if (name === undefined || name === null) return '';
  const prompts = config?.prompts;
  const prompt = isObject(prompts) && Object.hasOwn(prompts, String(name)) ? prompts[String(name)] : undefined;
  return typeof prompt === 'string' ? prompt : bad(`the default prompt '${String(name)}' is not among the prompts`);
}

/** Reads the configuration. Errors: `bad_embedder` for settings that are missing or not supported. */
export function readConfiguration(files: ConfigurationFiles, wanted: Wanted): Configuration {
  const said = files.pooling === undefined ? undefined : poolingOf(files.pooling);
  const pooling = wanted.pooling ?? said;
  if (pooling === undefined) {
    bad('the folder does not say how tokens are pooled (it has no modules.json): set pooling');
  }
  if (files.pooling?.include_prompt === false && prefixOf(files.sentenceTransformers) !== '') {
    bad('a prompt that is left out of the pooling is not supported');
  }
  return {
    pooling,
    maxTokens: maxTokensOf(files, wanted.maxTokens),
    lowerCase: files.sentenceBert?.do_lower_case === true,
    prefix: prefixOf(files.sentenceTransformers),
  };
}
