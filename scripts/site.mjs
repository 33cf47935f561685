// `npm run demo`: builds the page into build/site and serves it on localhost. `npm run build:site` only builds it.
// `--embedders FILE` names weights of larger embedders that the deployment serves itself (docs/onnx.md, "In a page").
// `--url ADDRESS` is where the site will be: search engines and previews of links need absolute addresses.
// If `npm run docs` has written the API reference, the site has it, too.
// The folder uses relative paths and needs no special headers: any static host serves it.
import { createHash } from 'node:crypto';
import { cpSync, createReadStream, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { cardsAhead, loadBytes } from './ahead.mjs';
import { EMBEDDER_FILES, packEmbedder } from './embedder-file.mjs';
import { offeredEmbedders, otherHosts, readEmbedders, runtimeBytes } from './embedders.mjs';
import { frame } from './frame.mjs';
import { LICENSES_FILE, Licenses, modulesOf } from './licenses.mjs';
import { buildPages, OWN } from './pages/build.mjs';
import { MANIFEST, withHead, writeApp, writeMapOfSite } from './pages/head.mjs';
import { REFERENCE } from './reference.mjs';
import { root, setUp } from './setup.mjs';

const site = path.join(root, 'build', 'site');
const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.csv': 'text/csv; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.xml': 'application/xml',
};

const source = path.join(root, 'web/site');

/** Browsers that know the functions of colours: to translate these would fix the theme of a board inside a page. */
export const CSS_TARGET = ['chrome123', 'firefox128', 'safari17.5'];

/** Silences the bundler's warning about slow plugins. */
export const QUIET = { checks: { bundlerTimings: false } };

const noTransition = path.join(source, 'map/no-transition.ts');

/** Libraries that a module of the page replaces. */
export const REPLACED = { 'd3-transition': noTransition, 'd3-interpolate': noTransition };

const TEXTS = path.join(root, 'dist/models/index/texts');

/** Returns the folder of the page's texts: its name contains their hash, since hosts cache them. */
function textsFolder() {
  if (!existsSync(TEXTS)) return 'assets/texts-none/';
  const hash = createHash('sha256');
  for (const name of readdirSync(TEXTS).sort()) hash.update(name).update(readFileSync(path.join(TEXTS, name)));
  return `assets/texts-${hash.digest('hex').slice(0, 8)}/`;
}

/** The example of graded prompts, which the page fetches on demand. */
const EXAMPLE = path.join(root, 'tests/fixtures/plan/support.csv');

/** The table of other languages. */
export const TABLE = path.join(root, 'models/multilingual');

/** Returns a table in one file, and its address in the page: it contains its hash, since hosts cache it. */
function tableOf(folder) {
  if (!EMBEDDER_FILES.every((name) => existsSync(path.join(folder, name)))) return null;
  const bytes = packEmbedder(folder);
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 8);
  const { space } = JSON.parse(readFileSync(path.join(folder, 'config.json'), 'utf8'));
  return { bytes, address: `assets/languages-${hash}.bin`, space };
}

/**
 * Bundles the rule that tells languages apart, with its lists of words, into a file that the page and its workers load on
 * demand. They are bundles of their own, so that each would have a copy.
 */
async function buildLanguageRule() {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [path.join(root, 'dist/embedding/language.js')],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    charset: 'utf8',
    write: false,
  });
  const { contents } = outputFiles[0];
  return { name: `language-${createHash('sha256').update(contents).digest('hex').slice(0, 8)}.js`, contents };
}

/** Loads the rule from its file, which lies beside all other scripts. */
const ruleFrom = (name) => ({
  name: 'signalbox-language-rule',
  transform: (_code, id) =>
    /[\\/]embedding[\\/]language-rule\.js$/.test(id)
      ? `const address = import.meta.url.replace(/[^/]*$/, '${name}');
         export const loadRule = async () => (await import(/* @vite-ignore */ address)).languageOf;`
      : null,
});

/** Leaves the comparison of answers out of the page's worker: the page never passes any. */
const NO_ANSWERS = '\0no-answers';
const withoutAnswers = {
  name: 'signalbox-without-answers',
  resolveId: (source, importer = '') =>
    source === './answers.js' && /[\\/]routing[\\/]router\.js$/.test(importer) ? NO_ANSWERS : null,
  load: (id) =>
    id === NO_ANSWERS
      ? "export const answerGroups = () => { throw new Error('the page compares no answers'); };"
      : null,
};

/** Returns the address of a file in the page: it contains its hash, since hosts cache it. */
function hashedAddress(file, folder = 'assets') {
  const hash = createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 8);
  const { name, ext } = path.parse(file);
  return `${folder}/${name}-${hash}${ext}`;
}

/** The folder of the indexes of larger embedders, which the page fetches on demand. */
const TWINS = 'assets/twins';

/** Allows the page to fetch from other hosts. */
const allowing = (hosts) => ({
  name: 'signalbox-hosts',
  transformIndexHtml: (html) => html.replace("connect-src 'self'", ["connect-src 'self'", ...hosts].join(' ')),
});

/** Files that the router loads, by the option that takes them; web/site/early.ts looks for these links. */
const PARTS = { wasm: /[\\/]signalbox-(?!lab-).{8}\.wasm$/, index: /\.sbx$/, embedder: /\.bin$/ };

/**
 * Lets the browser fetch the router's files before it has a script, after all that the page is made of: a slow connection shows
 * the page first. Of the embedder the page only needs the address: its worker begins with the first rows.
 */
const preloads = {
  name: 'signalbox-preloads',
  transformIndexHtml: {
    order: 'post',
    handler: (_, { bundle = {} }) =>
      Object.entries(PARTS).map(([part, pattern]) => {
        const [file, ...others] = Object.keys(bundle).filter((name) => pattern.test(name));
        if (file === undefined || others.length > 0) throw new Error(`expected one file of the ${part} in the page`);
        const place = { href: `./${file}`, 'data-part': part };
        const early = { rel: 'preload', as: 'fetch', fetchpriority: 'low', crossorigin: '' };
        const attrs = part === 'embedder' ? { rel: 'x-embedder', ...place } : { ...early, ...place };
        return { tag: 'link', attrs, injectTo: 'head' };
      }),
  },
};

/** Adds the tags of the first page, once its files are there. */
function describeFirstPage(target, page) {
  const file = path.join(target, 'index.html');
  const html = readFileSync(file, 'utf8');
  const title = /<title>([^<]*)</.exec(html)?.[1];
  const description = /<meta name="description" content="([^"]*)"/.exec(html)?.[1];
  writeFileSync(file, withHead(html, { title, description, file: 'index.html' }, page));
}

/**
 * Builds the site. `embedders` is the content of the file that `--embedders` names, `languages` the folder of a table of them,
 * `url` the address at which the site will be, for those who link to it, `reference` the folder of the API reference.
 */
export async function buildSite(target = site, { embedders, languages = TABLE, url, reference } = {}) {
  const { build } = await import('vite');
  const texts = textsFolder();
  const example = hashedAddress(EXAMPLE);
  const offers = offeredEmbedders(embedders).map(({ indexFile, ...offer }) => ({
    indexFile,
    offer,
    twin: hashedAddress(indexFile, TWINS),
  }));
  const offered = offers.map(({ offer, indexFile, twin }) => ({
    ...offer,
    index: { address: twin, sizeBytes: statSync(indexFile).size },
  }));
  const table = tableOf(languages);
  const rule = await buildLanguageRule();
  const licenses = new Licenses({ hasLanguages: table !== null });
  const ahead = await cardsAhead();
  await build({
    root: source,
    configFile: false,
    // Relative paths, so that the site works in any folder of a host.
    base: './',
    define: {
      TEXTS_FOLDER: JSON.stringify(texts),
      CARDS_AHEAD: JSON.stringify(ahead),
      LOAD_BYTES: JSON.stringify(await loadBytes()),
      PLAN_EXAMPLE: JSON.stringify(example),
      OFFERS: JSON.stringify(offered),
      RUNTIME_BYTES: JSON.stringify(runtimeBytes()),
      LANGUAGES: JSON.stringify(table && { address: table.address, sizeBytes: table.bytes.length, space: table.space }),
    },
    resolve: { alias: REPLACED },
    logLevel: 'warn',
    // ES modules, so that workers can share chunks.
    worker: {
      format: 'es',
      plugins: () => [ruleFrom(rule.name), withoutAnswers, licenses.plugin()],
      rolldownOptions: QUIET,
    },
    plugins: [
      frame('./', reference !== undefined),
      ruleFrom(rule.name),
      licenses.plugin(),
      allowing(otherHosts(offered)),
      preloads,
    ],
    // The page's content security policy forbids fetching data: URLs.
    build: {
      outDir: target,
      emptyOutDir: true,
      target: 'es2022',
      cssTarget: CSS_TARGET,
      assetsInlineLimit: 0,
      rolldownOptions: QUIET,
    },
  });
  if (existsSync(TEXTS)) cpSync(TEXTS, path.join(target, texts), { recursive: true });
  writeFileSync(path.join(target, 'assets', rule.name), rule.contents);
  cpSync(EXAMPLE, path.join(target, example));
  for (const { indexFile, twin } of offers) cpSync(indexFile, path.join(target, twin));
  if (table !== null) writeFileSync(path.join(target, table.address), table.bytes);
  const described = { url, app: writeApp(target) };
  describeFirstPage(target, { ...described, home: './' });
  const pages = await buildPages(target, {
    plugins: [frame('../', reference !== undefined), licenses.plugin()],
    cssTarget: CSS_TARGET,
    rolldownOptions: QUIET,
    site: described,
    hasReference: reference !== undefined,
  });
  if (url !== undefined) writeMapOfSite(target, ['index.html', ...pages], url);
  licenses.add(await buildServiceWorker(target));
  // After the service worker, which fetches nothing of it beforehand.
  if (reference !== undefined) cpSync(reference, path.join(target, 'reference'), { recursive: true });
  writeFileSync(path.join(target, LICENSES_FILE), licenses.text());
}

/** Folders whose files are fetched on demand. */
const ON_DEMAND = /[\\/](texts-[^\\/]*|results-[^\\/]*|twins|models|docs)$/;

/** Files that are fetched on demand: ONNX Runtime, those of the pages of models and documents, and of installed apps. */
const isOnDemand = ({ name, parentPath }) =>
  /^(ort[-.]|languages-|app-)/.test(name) ||
  name.startsWith(OWN) ||
  [MANIFEST, 'robots.txt', 'sitemap.xml'].includes(name) ||
  ON_DEMAND.test(parentPath);

/**
 * Gives the service worker the hash of every file, so that it never caches a damaged one. ONNX Runtime and the table of other
 * languages are cached on use, texts and the indexes of larger embedders are not cached.
 * Returns the modules of the worker.
 */
export async function buildServiceWorker(target) {
  const files = readdirSync(target, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !isOnDemand(entry))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
  const entries = files.map((file) => {
    const digest = createHash('sha256').update(readFileSync(file)).digest('base64');
    const url = path.relative(target, file).split(path.sep).join('/');
    // Hosts may rewrite HTML, so it gets no integrity check. Files in assets/ have their hash in their name.
    return file.endsWith('.html') ? { url, revision: digest } : { url, revision: null, integrity: `sha256-${digest}` };
  });
  const { build } = await import('esbuild');
  const { metafile } = await build({
    metafile: true,
    absWorkingDir: root,
    entryPoints: [path.join(source, 'offline/service-worker.ts')],
    outfile: path.join(target, 'service-worker.js'),
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    define: { PAGE_FILES: JSON.stringify(entries), 'process.env.NODE_ENV': '"production"' },
    logLevel: 'error',
  });
  return modulesOf(metafile);
}

/** Returns the file that an address names; `undefined` if the address is invalid or leads out of the folder. */
function fileOf(folder, address) {
  try {
    const pathname = decodeURIComponent(new URL(address, 'http://localhost').pathname);
    const file = path.join(folder, pathname.endsWith('/') ? `${pathname}index.html` : pathname);
    return file.startsWith(folder + path.sep) && !file.includes('\0') ? file : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the address of the site's folder, which ends with a slash. */
function folderUrl(text) {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!/^https?:$/.test(url?.protocol ?? '')) throw new Error(`got '${text}' for --url, expected an http(s) address`);
  return new URL(url.pathname.replace(/\/?$/, '/'), url).href;
}

/** Serves a folder on localhost only. */
export function serveFolder(folder, port) {
  const server = createServer((request, response) => {
    const file = fileOf(folder, request.url ?? '/');
    if (file === undefined || !statSync(file, { throwIfNoEntry: false })?.isFile()) {
      response.writeHead(404, { 'Content-Type': 'text/plain' }).end('not found');
      return;
    }
    const type =
      path.extname(file) === '.wasm' ? 'application/wasm' : (TYPES[path.extname(file)] ?? 'application/octet-stream');
    response.writeHead(200, { 'Content-Type': type, 'Content-Length': statSync(file).size });
    createReadStream(file).pipe(response);
  });
  return new Promise((resolve) => {
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  setUp('build');
  const { values } = parseArgs({
    options: { embedders: { type: 'string' }, url: { type: 'string' }, serve: { type: 'boolean' } },
  });
  await buildSite(site, {
    ...(values.embedders === undefined ? {} : { embedders: readEmbedders(values.embedders) }),
    ...(values.url === undefined ? {} : { url: folderUrl(values.url) }),
    ...(existsSync(REFERENCE) ? { reference: REFERENCE } : {}),
  });
  if (values.serve) {
    const server = await serveFolder(site, Number(process.env.PORT ?? 8080));
    console.log(`http://localhost:${server.address().port}/`);
  }
}
