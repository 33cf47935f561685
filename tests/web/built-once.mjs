// Builds that several test files use: made once for each state of their sources.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { buildExtension } from '../../scripts/extension.mjs';
import { root } from '../../scripts/setup.mjs';
import { buildSite } from '../../scripts/site.mjs';
import { madeOnce } from './made-once.mjs';

/** Everything that a build reads; the lock file stands for the packages. */
const SOURCES = [
  'dist',
  'web',
  'scripts',
  'models',
  'docs',
  'CHANGELOG.md',
  'tests/fixtures/plan',
  'package.json',
  'package-lock.json',
  'LICENSE',
];

let sources;

/** Returns a hash of the names and contents of all sources. */
function hashOfSources() {
  if (sources !== undefined) return sources;
  const hash = createHash('sha256');
  const add = (file) => hash.update(`${path.relative(root, file)}\0`).update(readFileSync(file));
  for (const source of SOURCES.map((name) => path.join(root, name))) {
    const isFolder = statSync(source).isDirectory();
    const names = isFolder ? readdirSync(source, { recursive: true }).sort() : [''];
    const files = names.map((name) => path.join(source, name));
    for (const file of files.filter((name) => statSync(name).isFile())) add(file);
  }
  sources = hash.digest('hex').slice(0, 16);
  return sources;
}

const builtOnce = (name, build) => madeOnce(name, hashOfSources(), build);

/** Returns the folder of the site, as it ships. Other tests read it, too: copy it to change it. */
export const builtSite = () => builtOnce('site', (folder) => buildSite(folder));

/** Returns the folder of the extension, as it ships, with its zip beside it; as for `builtSite`. `languages`: see `buildExtension`. */
export async function builtExtension(browser, options = {}) {
  const [languages, onnx] = [
    options.languages === undefined ? 'in-english' : 'with-languages',
    options.onnx ? '-onnx' : '',
  ];
  const name = `extension-${languages}${onnx}-for-${browser}`;
  return path.join(
    await builtOnce(name, (folder) => buildExtension(browser, path.join(folder, browser), options)),
    browser,
  );
}
