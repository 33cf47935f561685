// The set-up step behind every npm script: Debian packages, `npm ci`, the wasm modules, the package in dist/.
//   node scripts/setup.mjs [build|all]
// Idempotent: skips whatever is up to date. Prints on stderr, which leaves stdout to the command.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { EARLY_ROWS, EMBEDDER_FILES, gzipped, packEmbedder } from './embedder-file.mjs';
import { hasEmsdk, installPackages } from './packages.mjs';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const stamps = path.join(root, 'build', 'stamps');

const say = (message) => console.error(`signalbox set-up: ${message}`);

export function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], ...options });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed (exit ${status})`);
}

function* filesBelow(entry) {
  const full = path.join(root, entry);
  if (!existsSync(full)) return;
  if (!statSync(full).isDirectory()) yield full;
  else for (const name of readdirSync(full).sort()) yield* filesBelow(path.join(entry, name));
}

/** Runs `action` unless the output exists, and names, sizes and times of the inputs are those of its last success. */
function whenChanged(name, inputs, output, action) {
  const hash = createHash('sha256');
  for (const file of inputs.flatMap((input) => [...filesBelow(input)])) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${path.relative(root, file)} ${size} ${mtimeMs}\n`);
  }
  const digest = hash.digest('hex');
  const stamp = path.join(stamps, name);
  const isCurrent = existsSync(path.join(root, output)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === digest;
  if (isCurrent) return;
  say(name);
  action();
  mkdirSync(stamps, { recursive: true });
  writeFileSync(stamp, digest);
}

/** Whether the checkout was moved or copied since CMake wrote this folder, which remembers where it was. */
function isFromElsewhere(folder) {
  const cache = path.join(root, folder, 'CMakeCache.txt');
  const home = existsSync(cache) ? /^CMAKE_HOME_DIRECTORY:INTERNAL=(.*)$/m.exec(readFileSync(cache, 'utf8')) : null;
  return home !== null && home[1] !== root;
}

/** Runs CMake for a build folder; `launcher` is a command to run it by. */
export function configure(folder, options, { env = process.env, launcher = [] } = {}) {
  // CMake 3.24 calls this --fresh; Debian 12 has 3.25, other systems may be older.
  if (isFromElsewhere(folder)) rmSync(path.join(root, folder), { recursive: true });
  const [command, ...args] = [...launcher, 'cmake', '-S', '.', '-B', folder, '-G', 'Ninja', ...options];
  run(command, args, { env });
}

const WASM_FILES = ['signalbox.wasm', 'signalbox-lab.wasm'];

function buildWasm() {
  // Debian's Emscripten looks for its JavaScript optimiser's parser here; an emsdk brings its own.
  const env = hasEmsdk() ? process.env : { ...process.env, NODE_PATH: '/usr/share/nodejs' };
  configure('build/wasm', ['-DCMAKE_BUILD_TYPE=Release'], { env, launcher: ['emcmake'] });
  run('cmake', ['--build', 'build/wasm'], { env });
  // Emscripten makes them executable.
  for (const name of WASM_FILES) chmodSync(path.join(root, 'dist', name), 0o644);
}

/** Files of models/ that ship, by their names in dist/models. Hosts rarely compress their types, so the build does. */
const SHIPPED = {
  'embedder/embedder.bin': {
    size: 'EMBEDDER_BYTES',
    from: [...EMBEDDER_FILES, EARLY_ROWS].map((name) => `embedder/${name}`),
    bytes: () => packEmbedder(path.join(root, 'models/embedder')),
  },
  'index/index.sbx': {
    size: 'INDEX_BYTES',
    from: ['index/index.sbx'],
    bytes: () => gzipped(readFileSync(path.join(root, 'models/index/index.sbx'))),
  },
};

const shippedFrom = Object.values(SHIPPED).flatMap(({ from }) => from.map((name) => `models/${name}`));

/** The texts of the index: for this repository and the site, not in the package. */
const TEXTS = 'index/texts';

function copyModels() {
  const target = path.join(root, 'dist', 'models');
  rmSync(target, { recursive: true, force: true });
  const texts = path.join(root, 'models', TEXTS);
  if (existsSync(texts)) cpSync(texts, path.join(target, TEXTS), { recursive: true });
  const sizes = Object.entries(SHIPPED).map(([name, { bytes, size }]) => {
    const packed = bytes();
    const file = path.join(target, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, packed);
    return `export const ${size} = ${packed.length};\n`;
  });
  mkdirSync(path.join(root, 'dist/files'), { recursive: true });
  writeFileSync(path.join(root, 'dist/files/shipped-sizes.mjs'), sizes.join(''));
}

/** Removes the output of sources that may be gone; wasm and glue are CMake's, models are copied. */
function removeCompiled(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== 'models') removeCompiled(full);
    else if (/\.(js|css|txt|d\.ts)$/.test(entry.name)) rmSync(full);
  }
}

function compileTypeScript() {
  removeCompiled(path.join(root, 'dist'));
  run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', '.']);
  // tsc does not copy hand-written declarations.
  for (const name of [
    ...['signalbox-glue', 'signalbox-lab-glue', 'signalbox-hash', 'signalbox-lab-hash', 'compiled'].map(
      (module) => `wasm/${module}.d.mts`,
    ),
    'files/shipped-sizes.d.mts',
  ]) {
    cpSync(path.join(root, 'bindings/ts', name), path.join(root, 'dist', name));
  }
  run(process.execPath, ['scripts/declarations.mjs']);
  run(process.execPath, ['scripts/vendor.mjs']);
  run(process.execPath, ['scripts/web-build.mjs']);
  cpSync(path.join(root, 'bindings/slurm'), path.join(root, 'dist', 'slurm'), { recursive: true });
}

/** Sets up everything for a purpose: 'build' for the command and the package, 'all' also for the tests. */
export function setUp(purpose) {
  installPackages(purpose === 'all' ? ['build', 'test'] : ['build'], say);
  whenChanged('npm ci', ['package-lock.json'], 'node_modules', () =>
    run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']),
  );
  whenChanged(
    'wasm modules',
    ['CMakeLists.txt', 'src', 'bindings/CMakeLists.txt', ...bindingSources(), 'scripts/minify-glue.mjs'],
    'dist/signalbox-lab.wasm',
    buildWasm,
  );
  whenChanged(
    'models',
    ['scripts/embedder-file.mjs', ...shippedFrom, `models/${TEXTS}`],
    'dist/files/shipped-sizes.mjs',
    copyModels,
  );
  whenChanged(
    'TypeScript package',
    [
      // The scripts for pages contain the sizes of the models, and the hashes of the wasm modules.
      ...shippedFrom,
      ...['signalbox', 'signalbox-lab'].map((module) => `dist/wasm/${module}-hash.mjs`),
      ...['tsconfig.json', 'package.json', 'bindings/ts', 'bindings/slurm', 'LICENSE'],
      ...['index', 'embedder', 'multilingual'].map((name) => `models/${name}/README.md`),
      ...['web-build', 'vendor', 'licenses', 'declarations'].map((name) => `scripts/${name}.mjs`),
    ],
    'dist/index.js',
    compileTypeScript,
  );
}

function bindingSources() {
  const names = readdirSync(path.join(root, 'bindings')).filter((name) => /\.(cpp|h|js|cmake)$/.test(name));
  return names.map((name) => path.join('bindings', name));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    setUp(process.argv[2] ?? 'build');
    say('ready');
  } catch (error) {
    say(error.message);
    process.exitCode = 1;
  }
}
