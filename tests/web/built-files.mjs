// The contents of a built folder: which files its other files name, and which packages its scripts contain.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { modulesIn } from '../../scripts/vendor.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

export const filesOf = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();

/** Name of a file in the text of another that loads it; several pages are called index.html. */
const nameOf = (file, from) =>
  file.endsWith('.html') && path.dirname(file) !== path.dirname(from) ? file : path.basename(file);

/**
 * Returns the files that cannot be reached from `start` by names in texts. Files in `lists` name others without loading them;
 * those that `isComputed` picks have names that scripts compute.
 */
export function unreachable(folder, start, lists = [], isComputed = () => false) {
  const left = new Set(filesOf(folder).filter((file) => !isComputed(file)));
  const queue = [start];
  left.delete(start);
  for (const file of queue) {
    if (!/\.(js|html|css|json|webmanifest)$/.test(file) || lists.includes(file)) continue;
    const text = readFileSync(path.join(folder, file), 'utf8');
    for (const other of [...left]) {
      if (!text.includes(nameOf(other, file))) continue;
      left.delete(other);
      queue.push(other);
    }
  }
  return [...left];
}

/** Returns the imports of missing files. */
export function missingImports(folder) {
  const scripts = filesOf(folder).filter((file) => file.endsWith('.js'));
  return scripts.flatMap((file) => {
    const text = readFileSync(path.join(folder, file), 'utf8');
    const imports = [...text.matchAll(/\b(?:from|import)\s*\(?\s*(["'`])(\.{1,2}\/[^"'`]+)\1/g)].map(
      (found) => found[2],
    );
    const isMissing = (name) => !existsSync(path.join(folder, path.dirname(file), name));
    return imports.filter(isMissing).map((name) => `${file}: ${name}`);
  });
}

/** Returns the packages that another bundler puts into bundles of these scripts. `alias` has the modules that replace packages; `onnx`: whether the extension has ONNX Runtime. */
export async function bundledPackages(entryPoints, alias = {}, { onnx = false } = {}) {
  const { metafile } = await build({
    entryPoints,
    alias,
    absWorkingDir: root,
    bundle: true,
    splitting: true,
    format: 'esm',
    outdir: 'out',
    write: false,
    metafile: true,
    define: { PAGE_FILES: '[]', FIREFOX: 'false', LANGUAGES: 'null', ONNX: String(onnx) },
    loader: { '.sbx': 'empty', '.wasm': 'empty', '.woff2': 'empty' },
    logLevel: 'error',
  });
  const inputs = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.keys(inputs).filter((name) => inputs[name].bytesInOutput > 0),
  );
  const modules = inputs.flatMap((file) => [file, ...modulesIn(file)]);
  const names = modules.map((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1]).filter(Boolean);
  return [...new Set(names)].sort();
}

/** Returns the entries of a build's file of licences: names with texts. */
export function licensesIn(folder) {
  const [, ...entries] = readFileSync(path.join(folder, 'licenses.txt'), 'utf8').split(/^-{80}\n/m);
  return new Map(
    entries.map((entry) => {
      const [title, ...lines] = entry.split('\n');
      return [title.replace(/,.*$/, '').replace(/ \d\S*$/, ''), lines.join('\n').trim()];
    }),
  );
}
