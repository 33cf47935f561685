// Bundles the libraries of other people into the package, so that whoever installs it installs none of them: each module of
// dist/vendor re-exports what the package uses, and becomes that code. Also copies uPlot, which reports contain as text.
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const folder = path.join(root, 'dist/vendor');
/** Names, for each file of the folder, the modules that are in it. */
const CONTENTS = path.join(root, 'build/vendored.json');

const COMMON = {
  absWorkingDir: root,
  outdir: folder,
  allowOverwrite: true,
  bundle: true,
  splitting: true,
  chunkNames: 'shared-[hash]',
  minify: true,
  format: 'esm',
  target: 'es2022',
  legalComments: 'none',
  logLevel: 'error',
  metafile: true,
};

/** CommonJS modules of libraries, in an ES module of Node.js. */
const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/** Files of uPlot that go into reports. */
const UPLOT = ['uPlot.iife.min.js', 'uPlot.min.css'];

/** Bundles the modules that `tsc` wrote. */
export async function bundleVendored() {
  const files = readdirSync(folder).filter((name) => name.endsWith('.js'));
  const isNode = (name) => name.endsWith('-node.js');
  const entries = (names) => names.map((name) => path.join(folder, name));
  const built = [
    await build({ ...COMMON, entryPoints: entries(files.filter(isNode)), platform: 'node', banner: { js: REQUIRE } }),
    await build({ ...COMMON, entryPoints: entries(files.filter((name) => !isNode(name))), platform: 'browser' }),
  ];
  const contents = {};
  for (const { metafile } of built) {
    for (const [output, { inputs }] of Object.entries(metafile.outputs)) {
      contents[output] = Object.keys(inputs).filter((module) => inputs[module].bytesInOutput > 0);
    }
  }
  for (const name of UPLOT) {
    const module = path.join('node_modules/uplot/dist', name);
    cpSync(path.join(root, module), path.join(folder, name));
    contents[path.join('dist/vendor', name)] = [module];
  }
  writeFileSync(CONTENTS, JSON.stringify(contents));
}

const nameOf = (file) => path.relative(root, path.resolve(root, file)).split(path.sep).join('/');

/** Returns the modules in a file of dist/vendor, which is given by its path; nothing for other files. */
export function modulesIn(file) {
  if (!nameOf(file).startsWith('dist/vendor/')) return [];
  return JSON.parse(readFileSync(CONTENTS, 'utf8'))[nameOf(file)];
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await bundleVendored();
