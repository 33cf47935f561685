/** Locates a model's files and their expected hashes: in a hub's repository, or in any folder. */
import { type ErrorCode, SignalboxError } from '../errors.js';
import { knownModel } from './known-models.js';
import type { Manifest, ModelFileOptions } from './options.js';

/** Expected hash and size of a file, if known; and its address, if that is not its place in the folder. */
export interface FileClaim {
  sha256?: string | undefined;
  sizeBytes?: number | undefined;
  address?: string | undefined;
}

/** All files of a folder, by path. */
type FileList = ReadonlyMap<string, FileClaim>;

/** A folder of files with addresses. */
export interface ModelFolder {
  /** Name in progress events, and the default id of the vectors. */
  name: string;
  /** For a hub's model: the commit if known, else the requested revision. */
  revision: string | undefined;
  /** `undefined` if the files are not known before they are requested. */
  files: FileList | undefined;
  address(file: string): string;
}

/** Reads a small JSON file, from the cache if it has it; a file for which `accept` throws is not kept. */
export type ReadJson = (address: string, what: string, accept: (value: unknown) => void) => Promise<unknown>;

const HUB_ID = /^[\w-][\w.-]*\/[\w-][\w.-]*$/;

/** Returns whether a text is a hub's id, `owner/name`. For a relative folder, write `./owner/name`. */
export const isHubId = (model: string) => HUB_ID.test(model);

const SHA256 = /^[0-9a-f]{64}$/;
const ABSOLUTE = /^[a-z][a-z\d+.-]*:/i;

/** Returns the function that finds a file: at its own address, else in the folder. */
const finder = (files: FileList | undefined, inFolder: (file: string) => string) => (file: string) =>
  files?.get(file)?.address ?? inFolder(file);

function invalid(message: string): never {
  throw new SignalboxError('invalid_argument', message);
}

/** Returns a path that must stay below its folder. */
export function checkPath(file: string, what: string, code: ErrorCode = 'invalid_argument'): string {
  const isBelow = file !== '' && !/[\\?#%\0]/.test(file) && file.split('/').every((part) => !/^\.{0,2}$/.test(part));
  if (!isBelow) throw new SignalboxError(code, `${what} '${file}' is not a path below the folder`);
  return file;
}

function listOf(manifest: Manifest): FileList {
  if (typeof manifest?.files !== 'object' || manifest.files === null) invalid('the manifest has no files');
  const entries = Object.entries(manifest.files).map(([file, claim]) => {
    const sha256 = typeof claim?.sha256 === 'string' ? claim.sha256.toLowerCase() : '';
    if (!SHA256.test(sha256)) invalid(`the manifest's sha256 of ${file} is not 64 hexadecimal digits`);
    const { sizeBytes, address } = claim;
    if (address !== undefined && !(typeof address === 'string' && ABSOLUTE.test(address))) {
      invalid(`the manifest's address of ${file} is not an absolute one`);
    }
    const place = address === undefined ? {} : { address };
    return [checkPath(file, 'the manifest names'), { sha256, sizeBytes, ...place }] as const;
  });
  return new Map(entries);
}

interface HubListing {
  revision: string;
  files: Map<string, FileClaim>;
}

/** Parses the hub's list of a repository's files. */
function parseListing(value: unknown, what: string): HubListing {
  const { sha, siblings } = (value ?? {}) as { sha?: unknown; siblings?: unknown };
  if (typeof sha !== 'string' || !/^[0-9a-f]{40}$/.test(sha) || !Array.isArray(siblings)) {
    throw new SignalboxError('network', `${what} answered without a commit and files: set a manifest`);
  }
  const files = new Map<string, FileClaim>();
  for (const sibling of siblings as { rfilename?: unknown; size?: unknown; lfs?: { sha256?: unknown } | null }[]) {
    const { rfilename, size, lfs } = sibling ?? {};
    if (typeof rfilename !== 'string') continue;
    const sha256 = typeof lfs?.sha256 === 'string' && SHA256.test(lfs.sha256) ? lfs.sha256 : undefined;
    files.set(rfilename, { sha256, sizeBytes: typeof size === 'number' ? size : undefined });
  }
  return { revision: sha, files };
}

/** Locates a hub's model. Hashes that the package knows override the hub's, to detect a changed repository. */
async function hubFolder(id: string, options: ModelFileOptions, readJson: ReadJson): Promise<ModelFolder> {
  const { revision = 'main', manifest } = options;
  const host = (options.host ?? 'https://huggingface.co').replace(/\/+$/, '');
  const folder = (commit: string, files: FileList | undefined): ModelFolder => ({
    name: id,
    revision: commit,
    files,
    address: finder(files, (file) => `${host}/${id}/resolve/${encodeURIComponent(commit)}/${file}`),
  });
  if (manifest === null) return folder(revision, undefined);
  if (manifest !== undefined) return folder(revision, listOf(manifest));
  const address = `${host}/api/models/${id}/revision/${encodeURIComponent(revision)}?blobs=true`;
  const parse = (value: unknown) => parseListing(value, address);
  const listing = parse(await readJson(address, `the list of files of ${id}`, parse));
  const known = knownModel(id)?.manifest;
  for (const [file, claim] of known === undefined ? [] : listOf(known)) {
    const listed = listing.files.get(file);
    if (listed !== undefined) listing.files.set(file, { ...listed, sha256: claim.sha256 });
  }
  return folder(listing.revision, listing.files);
}

/** Locates a model's folder. Errors: `invalid_argument`; `network` if the hub does not answer. */
export async function findFolder(
  model: string | URL,
  options: ModelFileOptions,
  readJson: ReadJson,
): Promise<ModelFolder> {
  const place = String(model);
  if (typeof model === 'string' && isHubId(place)) return hubFolder(place, options, readJson);
  const base = place.replace(/\/*$/, '/');
  const { manifest } = options;
  const files = manifest === undefined || manifest === null ? undefined : listOf(manifest);
  if (/^https?:.*[?#]/.test(base)) invalid(`${place}: the address of a folder must not have a query`);
  if (/^https?:/.test(base) && manifest === undefined) {
    invalid(`${place}: the hashes of its files are not known: set a manifest, or null if you trust this server`);
  }
  return {
    name: base.split('/').at(-2) || 'onnx',
    revision: undefined,
    files,
    address: finder(files, (file) => base + file),
  };
}
