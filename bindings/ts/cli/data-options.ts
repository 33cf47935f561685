/** Options of the commands that read benchmark results, `build` and `plan`: which data, and which vectors. */

import type { BuildSettings, VectorOrigin } from '../building/from-files.js';
import type { PerDataset } from '../building/metric-rules.js';
import { openNpy } from '../files/disk/npy.js';
import { readTextFile } from '../files/disk/text.js';
import { SOURCES, type Source } from '../importing/records.js';
import { invalid } from '../options.js';
import { readPriceList } from '../routing/price-list.js';
import { CODE_TYPES, type CodeType } from '../types.js';
import { type Command, InvalidArgumentError, Option } from '../vendor/commander-node.js';
import { parseDecimal, toCount, toList, toNumber } from './arguments.js';
import { EMBEDDER_HELP, loadEmbedder } from './embedder-option.js';
import type { Progress } from './progress.js';
import { withCache, withCacheOptions } from './vector-cache.js';

export interface DataOptions {
  from?: Source;
  metric: PerDataset<string>;
  range: PerDataset<readonly [number, number]>;
  threshold: PerDataset<number>;
  datasets?: string[];
  excludeDatasets?: string[];
  models?: string[];
  excludeModels?: string[];
  prices?: string;
  pricesDate?: string;
  dropTruncated?: true;
  texts?: true;
}

export interface VectorOptions {
  embedder?: string;
  embeddings?: string;
  embedderId?: string;
  codes: CodeType;
  dims?: number;
  /** Default: a folder in the user's cache folder. */
  cache?: string | false;
}

/**
 * Returns a repeatable option whose argument is `value` or `dataset=value`. Names may contain `=`, so the last one
 * separates.
 */
function perDataset<T>(flags: string, description: string, toValue: (text: string) => T, fallback: string): Option {
  const parse = (text: string, before: PerDataset<T>): PerDataset<T> => {
    const at = text.lastIndexOf('=');
    const rule = { datasets: at < 0 ? '*' : text.slice(0, at), value: toValue(text.slice(at + 1)) };
    // The first matching rule applies, so a rule for all datasets goes last.
    return at < 0 ? [...before, rule] : [rule, ...before];
  };
  return new Option(flags, description).argParser(parse).default([], fallback);
}

function toRange(text: string): [number, number] {
  const [worst = Number.NaN, best = Number.NaN, ...more] = text.split(',').map(parseDecimal);
  if (!(worst < best || worst > best) || more.length > 0) {
    throw new InvalidArgumentError('Expected worst,best, as in 0,10, or 1,0 if less is better.');
  }
  return [worst, best];
}

async function readPrices(file: string | undefined, asOf: string | undefined): Promise<BuildSettings['prices']> {
  if (file === undefined) return undefined;
  const list = await readTextFile(file);
  try {
    return readPriceList(list, { asOf });
  } catch (cause) {
    throw invalid(`${file}: ${(cause as Error).message}`, cause);
  }
}

/** Returns the settings that these options make. Errors: `invalid_argument` for a price list, those of reading it. */
export async function dataSettings(o: DataOptions & VectorOptions): Promise<BuildSettings> {
  return {
    from: o.from,
    metrics: o.metric,
    ranges: o.range,
    thresholds: o.threshold,
    datasets: o.datasets,
    excludeDatasets: o.excludeDatasets,
    models: o.models,
    excludeModels: o.excludeModels,
    codes: o.codes,
    dims: o.dims,
    dropCutOff: o.dropTruncated,
    texts: o.texts,
    prices: await readPrices(o.prices, o.pricesDate),
  };
}

/** Opens the matrix or the embedder; the caller closes it. */
export async function openOrigin(
  o: VectorOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<VectorOrigin & { close(): Promise<void> }> {
  if (o.embeddings !== undefined) {
    const matrix = await openNpy(o.embeddings);
    return { matrix, embedderId: o.embedderId, close: matrix.close };
  }
  const inner = await loadEmbedder(o.embedder, signal);
  const embedder = withCache(inner, o.cache, progress);
  return { embedder, embedderId: o.embedderId, close: async () => embedder.dispose?.() };
}

/** Adds the options that say how scores are read. */
export function withMetrics(command: Command): Command {
  return command
    .addOption(perDataset('--metric <[dataset=]name>', 'the score to use; repeatable', String, 'the only one'))
    .addOption(
      perDataset(
        '--range <[dataset=]worst,best>',
        'range of the metric, 1,0 if less is better; repeatable',
        toRange,
        '0,1',
      ),
    )
    .addOption(
      perDataset(
        '--threshold <[dataset=]x>',
        'count scores better than x as correct; repeatable',
        toNumber,
        'keep graded scores',
      ),
    );
}

/** Adds the options of `DataOptions`. */
export function withData(command: Command): Command {
  return withMetrics(
    command.addOption(new Option('--from <source>', 'source format (default: auto-detect)').choices(SOURCES)),
  )
    .option('--datasets <globs>', 'only these datasets, comma-separated', toList)
    .option('--exclude-datasets <globs>', 'exclude these datasets', toList)
    .option('--models <globs>', 'only these models, comma-separated', toList)
    .option('--exclude-models <globs>', 'exclude these models', toList)
    .option('--drop-truncated', 'leave out answers that ended at a length limit')
    .option('--texts', 'keep the first 160 characters of each prompt in the index')
    .option(
      '--prices <file>',
      "prices: OpenRouter's /api/v1/models, models.dev's api.json, LiteLLM's map, genai-prices, or CSV (model, in, out)",
    )
    .option('--prices-date <day>', 'day of the prices (YYYY-MM-DD), for a list that does not state it');
}

/** Adds the options of `VectorOptions`. */
export function withVectors(command: Command): Command {
  const origin = command
    .option('--embedder <place>', EMBEDDER_HELP)
    .option('--embeddings <file>', 'matrix (.npy, float32) with one row per table row or per sample')
    .option('--embedder-id <id>', 'id of the embedder that made the embeddings in the data or the matrix');
  return withCacheOptions(origin)
    .addOption(new Option('--codes <type>', 'storage type of the rows').choices(CODE_TYPES).default('int8'))
    .option('--dims <n>', 'keep the first n dimensions (Matryoshka)', toCount);
}
