/** Fetches and parses the files of a model's folder, and records their hashes. */
import { asObject, parseJson } from '../embedding/embedder-files.js';
import { errorFrom, SignalboxError } from '../errors.js';
import { type ConfigurationFiles, poolingFolder } from './configuration.js';
import { type FetchedFile, type FetchOptions, fetchFile, isAbsence, keepAbsence } from './fetching.js';
import { checkPath, type ModelFolder, type ReadJson } from './location.js';
import type { Manifest } from './options.js';

export class FolderReader {
  readonly #read = new Map<string, { sha256: string; sizeBytes: number }>();
  readonly #folder: ModelFolder;
  readonly #options: FetchOptions;

  constructor(folder: ModelFolder, options: FetchOptions) {
    this.#folder = folder;
    this.#options = options;
  }

  /** Fetches a file. Errors: those of `fetchFile`; `bad_embedder` if the folder's list does not have it. */
  async fetch(file: string, accept?: (bytes: Uint8Array) => void): Promise<FetchedFile> {
    const { files, name, address } = this.#folder;
    const claim = files?.get(file);
    if (files !== undefined && claim === undefined) {
      throw errorFrom('bad_embedder', `${name} has no ${file}: it has ${[...files.keys()].sort().join(', ')}`);
    }
    return this.#note(file, await fetchFile({ ...claim, name, file, address: address(file), accept }, this.#options));
  }

  /** Returns the hashes and sizes of all files read so far. */
  manifest(): Manifest {
    return { files: Object.fromEntries([...this.#read].sort()) };
  }

  async json(file: string): Promise<unknown> {
    const accept = (bytes: Uint8Array) => void parseJson(bytes, file);
    return parseJson((await this.fetch(file, accept)).bytes, file);
  }

  /** Reads an optional file; `undefined` if absent. Without a list, this asks the server, once. */
  async optionalJson(file: string): Promise<unknown> {
    const { files, name } = this.#folder;
    if (files !== undefined) return files.has(file) ? this.json(file) : undefined;
    const address = this.#folder.address(file);
    const accept = (bytes: Uint8Array) => void (isAbsence(bytes) || parseJson(bytes, file));
    try {
      const fetched = await fetchFile({ address, name, file, accept }, { ...this.#options, onProgress: undefined });
      return isAbsence(fetched.bytes) ? undefined : parseJson(this.#note(file, fetched).bytes, file);
    } catch (cause) {
      if (!(cause instanceof SignalboxError && cause.code === 'network' && saysAbsence(cause))) throw cause;
      await keepAbsence(address, this.#options);
      return undefined;
    }
  }

  #note(file: string, fetched: FetchedFile): FetchedFile {
    if (fetched.sha256 !== undefined) {
      this.#read.set(file, { sha256: fetched.sha256, sizeBytes: fetched.bytes.byteLength });
    }
    return fetched;
  }
}

/**
 * Returns whether an error means that a file is absent (a 404, an HTML page, no such file), not that the network
 * failed.
 */
const saysAbsence = ({ message, cause }: SignalboxError) =>
  /answered (403|404|410)$|HTML page/.test(message) || (cause as { code?: unknown } | undefined)?.code === 'ENOENT';

const asOptional = (value: unknown, what: string) => (value === undefined ? undefined : asObject(value, what));

/** Reads the hub's list of files, without progress events: it is not a file of the model. */
export const readListing =
  (options: FetchOptions): ReadJson =>
  async (address, what, accept) => {
    const parse = (bytes: Uint8Array) => parseJson(bytes, what);
    const request = { address, name: what, file: what, accept: (bytes: Uint8Array) => accept(parse(bytes)) };
    return parse((await fetchFile(request, { ...options, onProgress: undefined })).bytes);
  };

export async function readConfigurationFiles(reader: FolderReader): Promise<ConfigurationFiles> {
  const [config, tokenizerConfig, modules, sentenceBert, sentenceTransformers] = await Promise.all([
    reader.json('config.json'),
    reader.optionalJson('tokenizer_config.json'),
    reader.optionalJson('modules.json'),
    reader.optionalJson('sentence_bert_config.json'),
    reader.optionalJson('config_sentence_transformers.json'),
  ]);
  const folder = poolingFolder(modules);
  const poolingFile =
    folder === undefined ? undefined : checkPath(`${folder}/config.json`, 'modules.json names', 'bad_embedder');
  return {
    config: asObject(config, 'config.json'),
    tokenizerConfig: asOptional(tokenizerConfig, 'tokenizer_config.json'),
    modules,
    pooling: poolingFile === undefined ? undefined : asObject(await reader.json(poolingFile), poolingFile),
    sentenceBert: asOptional(sentenceBert, 'sentence_bert_config.json'),
    sentenceTransformers: asOptional(sentenceTransformers, 'config_sentence_transformers.json'),
  };
}
