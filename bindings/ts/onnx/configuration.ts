/** What a folder of sentence-transformers says about its model, as far as it is understood; the rest is refused. */

import { errorFrom } from '../errors.js';
import { type Fields, isObject } from '../files/fields.js';
import type { Pooling } from './options.js';

/** Parsed files of the folder; `undefined` where there is none. */
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
  /** Special tokens included. */
  maxTokens: number;
  lowerCase: boolean;
  /** Stands before every text. */
  prefix: string;
}

/** What counts where the folder does not say it, or what goes before what it says. */
export interface Wanted {
  pooling?: Pooling | undefined;
  maxTokens?: number | undefined;
}

function bad(message: string): never {
  throw errorFrom('bad_embedder', message);
}

const UNDERSTOOD = ['Transformer', 'Pooling', 'Normalize'];

/** The folder of the pooling module; `undefined` where there are no modules. */
export function poolingFolder(modules: unknown): string | undefined {
  if (modules === undefined) return undefined;
  if (!Array.isArray(modules)) bad('modules.json is not a list');
  const kinds = modules.map((module: unknown) => {
    const { type, path } = (isObject(module) ? module : {}) as { type?: unknown; path?: unknown };
    return { kind: typeof type === 'string' ? type.split('.').at(-1) : undefined, path };
  });
  const stranger = kinds.find(({ kind }) => kind === undefined || !UNDERSTOOD.includes(kind));
  if (stranger !== undefined) {
    bad(`modules.json has the module '${stranger.kind}', expected ${UNDERSTOOD.join(', ')} only`);
  }
  const pooling = kinds.filter(({ kind }) => kind === 'Pooling');
  if (pooling.length !== 1 || kinds[0]?.kind !== 'Transformer') {
    bad('modules.json is not a Transformer with one Pooling behind it');
  }
  const path = pooling[0]?.path;
  return typeof path === 'string' && path !== '' ? path : '1_Pooling';
}

const POOLING_FLAGS: Readonly<Record<string, Pooling>> = {
  pooling_mode_mean_tokens: 'mean',
  pooling_mode_cls_token: 'cls',
  pooling_mode_max_tokens: 'max',
};

/** The one mode that is switched on. */
function poolingOf(config: Fields): Pooling {
  const named = config.pooling_mode;
  const modes =
    named === undefined
      ? Object.keys(config).filter((key) => key.startsWith('pooling_mode_') && config[key] === true)
      : [named].flat().map((mode) => `pooling_mode_${String(mode)}${mode === 'cls' ? '_token' : '_tokens'}`);
  const [mode = ''] = modes;
  const pooling = Object.hasOwn(POOLING_FLAGS, mode) ? POOLING_FLAGS[mode] : undefined;
  if (pooling === undefined || modes.length > 1) {
    bad(`the pooling is ${modes.join(' and ') || 'not said'}, expected one of mean, cls and max`);
  }
  return pooling;
}

/** A number of the file, if it is a limit: tokenizers write 1e30 for none. */
const limitOf = (value: unknown): number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 3 && value < 1e6 ? value : Number.POSITIVE_INFINITY;

/** RoBERTa and its kin count positions from behind the padding's. */
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
  if (!Number.isFinite(maxTokens)) bad('nothing says how many tokens the model reads: give maxTokens');
  if (maxTokens > positions) bad(`maxTokens is ${maxTokens}, the model has positions for ${positions}`);
  return maxTokens;
}

/** What stands before a text unless something else is asked for. */
function prefixOf(config: Fields | undefined): string {
  const name = config?.default_prompt_name;
  if (name === undefined || name === null) return '';
  const prompts = config?.prompts;
  const prompt = isObject(prompts) && Object.hasOwn(prompts, String(name)) ? prompts[String(name)] : undefined;
  return typeof prompt === 'string' ? prompt : bad(`the default prompt '${String(name)}' is not among the prompts`);
}

/** Errors: `bad_embedder` for what is not understood, or not said. */
export function readConfiguration(files: ConfigurationFiles, wanted: Wanted): Configuration {
  const said = files.pooling === undefined ? undefined : poolingOf(files.pooling);
  const pooling = wanted.pooling ?? said;
  if (pooling === undefined) {
    bad('nothing says how tokens are pooled (the folder has no modules.json): give pooling');
  }
  if (files.pooling?.include_prompt === false && prefixOf(files.sentenceTransformers) !== '') {
    bad('a prompt that is left out of the pooling is not understood');
  }
  return {
    pooling,
    maxTokens: maxTokensOf(files, wanted.maxTokens),
    lowerCase: files.sentenceBert?.do_lower_case === true,
    prefix: prefixOf(files.sentenceTransformers),
  };
}
