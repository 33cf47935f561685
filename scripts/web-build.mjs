// Writes the self-contained scripts of the package, for pages without a bundler: dist/web/signalbox.js, with everything
// of `signalbox` and `signalbox/worker`, and dist/web/worker.js, the script of its workers; and dist/licenses.txt, with the
// licences of all that the package contains.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { LICENSES_FILE, Licenses, modulesOf } from './licenses.mjs';

/** Replacements that move addresses from dist/ to dist/web/; each must be found as often as it says. */
const MOVED = [
  { file: /[\\/]dist[\\/]assets\.js$/, from: /new URL\('\.\//g, to: "new URL('../", times: 3 },
  {
    file: /[\\/]dist[\\/]worker\.js$/,
    from: /new Worker\(new URL\('\.\/worker-entry\.js', import\.meta\.url\), \{ type: 'module' \}\)/g,
    to: "startScript(new URL('./worker.js', import.meta.url))",
    times: 1,
  },
];

function load({ path: file }) {
  let contents = readFileSync(file, 'utf8');
  for (const { from, to, times } of MOVED.filter((moved) => moved.file.test(file))) {
    const found = contents.match(from)?.length ?? 0;
    if (found !== times) throw new Error(`${file} has ${found} addresses like ${from}, expected ${times}`);
    contents = contents.replace(from, to);
  }
  return { contents };
}

const moved = {
  name: 'moved-addresses',
  setup: ({ onLoad }) => onLoad({ filter: /[\\/]dist[\\/](assets|worker)\.js$/ }, load),
};

const dist = path.join(path.dirname(path.dirname(fileURLToPath(import.meta.url))), 'dist');
const contents = "export * from './index.js'; export * from './worker.js';";
const isCode = (name) => /\.(js|css)$/.test(name);
const licenses = new Licenses({ hasLanguages: false });
for (const [name, entry] of [
  ['signalbox.js', { stdin: { contents, resolveDir: dist } }],
  ['worker.js', { entryPoints: [path.join(dist, 'worker-entry.js')] }],
]) {
  const { metafile } = await build({
    ...entry,
    metafile: true,
    outfile: path.join(dist, 'web', name),
    bundle: true,
    minify: true,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    legalComments: 'none',
    logLevel: 'error',
    plugins: [moved],
  });
  licenses.add(modulesOf(metafile));
}
licenses.add(
  readdirSync(path.join(dist, 'vendor'))
    .filter(isCode)
    .map((name) => path.join(dist, 'vendor', name)),
);
writeFileSync(path.join(dist, LICENSES_FILE), licenses.text());
