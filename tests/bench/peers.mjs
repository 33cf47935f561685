// Measures the package beside libraries that run models or databases in a page: what an installation holds, how long it
// takes, and how much script a page gets from it. Each is installed in a fresh folder, without install scripts.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { table } from './table.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const INSTALL = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];

/** Packages, and what a page imports first; `null` stands for the packed package of this repository. */
const PEERS = [
  {
    name: 'signalbox',
    version: null,
    uses: ["{ Router } from 'signalbox'", "{ WorkerRouter } from 'signalbox/worker'"],
  },
  { name: '@huggingface/transformers', version: '4.3.2', uses: ["{ pipeline } from '@huggingface/transformers'"] },
  { name: '@mlc-ai/web-llm', version: '0.2.86', uses: ["{ CreateMLCEngine } from '@mlc-ai/web-llm'"] },
  { name: 'ai', version: '7.0.173', uses: ["{ generateText } from 'ai'"] },
  { name: '@duckdb/duckdb-wasm', version: '1.32.0', uses: ["{ AsyncDuckDB } from '@duckdb/duckdb-wasm'"] },
  { name: '@sqlite.org/sqlite-wasm', version: '3.41.2', uses: ["{ default as init } from '@sqlite.org/sqlite-wasm'"] },
];

const seconds = (start) => (performance.now() - start) / 1000;

/** Returns the bytes of all files below a folder. */
function bytesBelow(folder) {
  const files = readdirSync(folder, { recursive: true }).map((name) => path.join(folder, name));
  return files.map((file) => statSync(file)).reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0);
}

/** Returns the bytes of the script that a page gets for an import, minified and as gzip; `null` if it cannot be bundled. */
async function scriptSize(folder, use) {
  const { outputFiles } = await build({
    stdin: { contents: `export ${use};`, resolveDir: folder },
    bundle: true,
    minify: true,
    write: false,
    splitting: true,
    outdir: path.join(folder, 'dist'),
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    external: ['node:*'],
    logLevel: 'silent',
  }).catch(() => ({ outputFiles: null }));
  if (outputFiles === null) return null;
  // The first file is the entry; what it imports on demand is in the others.
  const [{ contents }] = outputFiles;
  return { minified: contents.byteLength, gzip: gzipSync(contents).byteLength };
}

async function measure({ name, version, uses }, folder, tarball) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  const npm = (...args) => execFileSync('npm', args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  const start = performance.now();
  npm('install', ...INSTALL, version === null ? tarball : `${name}@${version}`);
  const installSeconds = seconds(start);
  const { packages } = JSON.parse(readFileSync(path.join(folder, 'node_modules/.package-lock.json'), 'utf8'));
  const scripts = [];
  for (const use of uses) scripts.push({ use, size: await scriptSize(folder, use) });
  return {
    name,
    version: version ?? JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).version,
    packages: Object.keys(packages).length,
    installedBytes: bytesBelow(path.join(folder, 'node_modules')),
    installSeconds,
    scripts,
  };
}

/** Returns the seconds of a command that routes one prompt, with an empty folder of installed commands. */
function measureNpx(folder, tarball) {
  mkdirSync(folder, { recursive: true });
  const env = { ...process.env, npm_config_cache: path.join(folder, 'cache') };
  const start = performance.now();
  const args = ['--yes', '--package', tarball, 'signalbox', 'route', 'Prove that the square root of 2 is irrational.'];
  execFileSync('npx', args, { cwd: folder, env, stdio: ['ignore', 'ignore', 'inherit'] });
  return seconds(start);
}

/** Installs the package and its peers one after the other. Needs a registry, and 1 GB of disk. */
export async function measurePeers() {
  const scratch = mkdtempSync(path.join(tmpdir(), 'signalbox-peers-'));
  try {
    const pack = ['pack', '--ignore-scripts', '--silent', '--pack-destination', scratch];
    const tarball = path.join(scratch, execFileSync('npm', pack, { cwd: root, encoding: 'utf8' }).trim());
    const peers = [];
    for (const [i, peer] of PEERS.entries()) peers.push(await measure(peer, path.join(scratch, String(i)), tarball));
    return { peers, npxSeconds: measureNpx(path.join(scratch, 'npx'), tarball) };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

const kilobytes = (bytes) => (bytes / 1e3).toFixed(1);

export function peersText({ peers, npxSeconds }) {
  const rows = peers.flatMap(({ name, version, packages, installedBytes, installSeconds, scripts }) =>
    scripts.map(({ use, size }, i) => [
      i === 0 ? `${name} ${version}` : '',
      i === 0 ? String(packages) : '',
      i === 0 ? (installedBytes / 1e6).toFixed(1) : '',
      i === 0 ? installSeconds.toFixed(1) : '',
      /\w+(?= \})/.exec(use)[0],
      size === null ? '-' : kilobytes(size.minified),
      size === null ? '-' : kilobytes(size.gzip),
    ]),
  );
  const head = ['package', 'packages', 'installed MB', 'install s', 'import', 'script KB', 'gzip KB'];
  const npx = `\`npx signalbox route\` with an empty npm cache: ${npxSeconds.toFixed(1)} s.`;
  return [table(head, rows), '', npx].join('\n');
}
