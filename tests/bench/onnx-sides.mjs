// Prepares the files of the embedders' benchmark, once, below build/bench-onnx: transformers.js, the model, and a
// folder to serve with both sides bundled alike. transformers.js is too large to be a dependency of the project.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { build } from 'esbuild';
import { root } from '../../scripts/setup.mjs';
import { MODEL, SPECIAL_TOKENS } from './onnx-names.mjs';

const PACKAGE = '@huggingface/transformers';
const VERSION = '4.3.1';
const FOLDER = path.join(root, 'build/bench-onnx');
const MODEL_FOLDER = path.join(FOLDER, 'base');
const WWW = path.join(FOLDER, 'www');
const HTML = '<!doctype html><meta charset="utf-8"><title>bench</title><script type="module" src="page.js"></script>\n';

const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));

/** Returns the folder of transformers.js. */
function installTransformers(say) {
  const folder = path.join(FOLDER, 'node_modules', PACKAGE);
  const installed = path.join(folder, 'package.json');
  if (!existsSync(installed) || readJson(installed).version !== VERSION) {
    say(`installing ${PACKAGE} ${VERSION}`);
    // Without a package.json of its own, npm would use one in a folder above.
    writeFileSync(path.join(FOLDER, 'package.json'), '{ "private": true }\n');
    const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefix', FOLDER];
    execFileSync('npm', ['install', ...options, `${PACKAGE}@${VERSION}`], { stdio: ['ignore', 'ignore', 'inherit'] });
  }
  return folder;
}

/** Returns the folder of ONNX Runtime Web's scripts that a package with this package.json uses. */
const runtimeOf = (packageJson) => path.dirname(createRequire(packageJson).resolve('onnxruntime-web/wasm'));

const versionOf = (runtime) => readJson(path.join(runtime, '../package.json')).version;

/** Writes the model under another name until it is complete. */
function makeModel(say) {
  if (existsSync(MODEL_FOLDER)) return;
  say('making the model');
  const begun = `${MODEL_FOLDER}.part`;
  rmSync(begun, { recursive: true, force: true });
  execFileSync(process.execPath, [path.join(root, 'tests/onnx/model-folder.mjs'), begun, '--base'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  renameSync(begun, MODEL_FOLDER);
}

async function bundle(transformers) {
  const common = { bundle: true, format: 'esm', target: 'es2022', platform: 'browser', minify: true };
  const options = { ...common, absWorkingDir: root, logLevel: 'error' };
  await build({
    ...options,
    entryPoints: { page: 'tests/bench/onnx-page.mjs', 'onnx-worker-entry': 'dist/onnx-worker-entry.js' },
    outdir: WWW,
    // The runtime starts its threads from its own script, which must not be the worker's.
    splitting: true,
  });
  await build({
    ...options,
    entryPoints: { worker: 'tests/bench/onnx-transformers-worker.mjs' },
    alias: { [PACKAGE]: path.join(transformers, 'dist/transformers.web.min.js') },
    outdir: path.join(WWW, 'transformers'),
  });
}

/** Returns the folder to serve and the data to compare. */
export async function prepareSides(say) {
  mkdirSync(FOLDER, { recursive: true });
  const transformers = installTransformers(say);
  makeModel(say);
  rmSync(WWW, { recursive: true, force: true });
  const place = path.join(WWW, MODEL, 'resolve');
  mkdirSync(place, { recursive: true });
  symlinkSync(MODEL_FOLDER, path.join(place, 'main'));
  writeFileSync(path.join(WWW, 'index.html'), HTML);
  await bundle(transformers);
  const ours = runtimeOf(path.join(root, 'package.json'));
  const theirs = runtimeOf(path.join(transformers, 'package.json'));
  const wasm = 'ort-wasm-simd-threaded';
  cpSync(path.join(ours, `${wasm}.wasm`), path.join(WWW, `${wasm}.wasm`));
  for (const name of [`${wasm}.asyncify.wasm`, `${wasm}.asyncify.mjs`]) {
    cpSync(path.join(theirs, name), path.join(WWW, 'transformers', name));
  }
  return {
    www: WWW,
    words: wholeWords(),
    versions: {
      signalbox: `${readJson(path.join(root, 'package.json')).version} (ONNX Runtime Web ${versionOf(ours)})`,
      transformers: `${readJson(path.join(transformers, 'package.json')).version} (ONNX Runtime Web ${versionOf(theirs)})`,
    },
  };
}

/** Returns the words of the model's vocabulary that are one token each. */
function wholeWords() {
  const { model } = readJson(path.join(MODEL_FOLDER, 'tokenizer.json'));
  return Object.keys(model.vocab).filter((word) => /^[a-z]{3,}$/.test(word));
}

/** Returns different texts of exactly this number of tokens, special ones included. */
export function textsOf(words, tokens, count) {
  let state = tokens;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return words[Math.floor((state / 2 ** 32) * words.length)];
  };
  return Array.from({ length: count }, () => Array.from({ length: tokens - SPECIAL_TOKENS }, next).join(' '));
}
