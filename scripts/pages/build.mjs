// Builds the pages of models and documents into a built site. Each is complete without its script.
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { repository } from '../frame.mjs';
import { root } from '../setup.mjs';
import { documentPages } from './documents.mjs';
import { readFacts } from './facts.mjs';
import { escaped, withHead } from './head.mjs';

const source = path.join(root, 'web/site');
const TEMPLATE = 'models/template.html';

/** Files whose names begin so are the pages' own: the service worker does not fetch them beforehand. */
export const OWN = 'pages-';

/** Bundles a module of the site's pages for Node.js, and loads it. */
export async function loadPageModule(name) {
  const { build } = await import('esbuild');
  mkdirSync(path.join(root, 'build'), { recursive: true });
  const folder = mkdtempSync(path.join(root, 'build', 'pages-'));
  const outfile = path.join(folder, 'module.mjs');
  try {
    await build({
      entryPoints: [path.join(source, 'models', name)],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      jsx: 'automatic',
      jsxImportSource: 'preact',
      logLevel: 'error',
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Bundles the script and the style of the pages; returns the page around them, which has no content yet. */
async function buildTemplate(target, { plugins, rolldownOptions, cssTarget }) {
  const { build } = await import('vite');
  const isStyle = ({ names }) => names.some((name) => name.endsWith('.css'));
  await build({
    root: source,
    configFile: false,
    base: './',
    logLevel: 'warn',
    plugins,
    build: {
      outDir: target,
      emptyOutDir: false,
      target: 'es2022',
      cssTarget,
      assetsInlineLimit: 0,
      rolldownOptions: {
        ...rolldownOptions,
        input: path.join(source, TEMPLATE),
        output: {
          entryFileNames: `assets/${OWN}[hash].js`,
          assetFileNames: (file) => (isStyle(file) ? `assets/${OWN}[hash][extname]` : 'assets/[name]-[hash][extname]'),
        },
      },
    },
  });
  const file = path.join(target, TEMPLATE);
  const template = readFileSync(file, 'utf8');
  rmSync(file);
  return template;
}

/** Marks the link of the header that leads to this page, or to the list that has it. */
function withCurrent(template, file) {
  const [folder] = file.split('/');
  const list = `${folder}/index.html`;
  const value = file === list ? 'page' : 'true';
  return template.replace(`<a href="../${list}">`, `<a href="../${list}" aria-current="${value}">`);
}

/** Fills the page. */
function fill(template, { file, title, description, html }, site) {
  const full = `${title} · signalbox`;
  const filled = withCurrent(template, file)
    .replace(/<title>[^<]*<\/title>/, () => `<title>${escaped(full)}</title>`)
    .replace(
      '<meta name="description" content="" />',
      () => `<meta name="description" content="${escaped(description)}" />`,
    )
    .replace('<main id="page"></main>', () => `<main id="page">\n${html}\n</main>`);
  return withHead(filled, { title: full, description, file }, site);
}

/** Writes the results of each model, which the page that compares two fetches; returns their folder. */
function writeResults(target, { models, tasks, results }) {
  const files = [['tasks', tasks], ...models.map((model, i) => [model.slug, { model, results: results[i] }])].map(
    ([name, content]) => [name, JSON.stringify(content)],
  );
  const hash = createHash('sha256');
  for (const [, text] of files) hash.update(text);
  const folder = `assets/results-${hash.digest('hex').slice(0, 8)}/`;
  mkdirSync(path.join(target, folder), { recursive: true });
  for (const [name, text] of files) writeFileSync(path.join(target, folder, `${name}.json`), text);
  return folder;
}

/**
 * Builds all pages; returns their paths in the site. `site` has the address and the pictures (`withHead`). With `hasReference`,
 * the list of documents links to the API reference. The rest are options of Vite.
 */
export async function buildPages(target, { site, hasReference = false, ...bundling }) {
  const template = await buildTemplate(target, bundling);
  const facts = await readFacts();
  const { modelPages } = await loadPageModule('render.tsx');
  const folder = writeResults(target, facts);
  const documents = await documentPages({ sources: repository(), hasReference });
  const pages = [
    ...modelPages(facts, `../${folder}`).map((page) => ({ ...page, file: `models/${page.file}` })),
    ...documents.map((page) => ({ ...page, file: `docs/${page.file}` })),
  ];
  for (const name of ['models', 'docs']) mkdirSync(path.join(target, name), { recursive: true });
  for (const page of pages) {
    writeFileSync(path.join(target, page.file), fill(template, page, { ...site, home: '../' }));
  }
  return pages.map(({ file }) => file);
}
