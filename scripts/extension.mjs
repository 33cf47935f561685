// `npm run build:extension`: builds the extension for Chromium and Firefox in build/extension, each as a folder to load
// unpacked and a zip for the store. The same sources give the same bytes. With `--languages`, builds the extension that has
// the table of other languages, with `--onnx` the one that has ONNX Runtime, beside the standard one.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { packEmbedder } from './embedder-file.mjs';
import { LICENSES_FILE, Licenses, modulesOf } from './licenses.mjs';
import { root, setUp } from './setup.mjs';
import { CSS_TARGET, QUIET, TABLE } from './site.mjs';

export const BROWSERS = ['chromium', 'firefox'];

const source = path.join(root, 'web/extension');
const json = (file) => JSON.parse(readFileSync(file, 'utf8'));

/** The table of other languages in a build. */
const LANGUAGES = 'languages.bin';

/** Parts of the manifest that differ between the browsers. */
const OWN = {
  chromium: (common) => ({
    minimum_chrome_version: '123',
    permissions: [...common.permissions, 'sidePanel', 'offscreen'],
    background: { service_worker: 'background.js', type: 'module' },
    side_panel: { default_path: 'panel/index.html' },
  }),
  firefox: (common) => ({
    browser_specific_settings: {
      gecko: {
        id: 'signalbox@signalbox.invalid',
        strict_min_version: '128.0',
        data_collection_permissions: { required: ['none'] },
      },
    },
    background: { scripts: ['background.js'], type: 'module' },
    sidebar_action: {
      default_title: common.short_name,
      default_panel: 'panel/index.html',
      default_icon: common.icons,
      open_at_install: false,
    },
  }),
};

/** Hosts of sentence transformers in the policy of the pages. */
const HUB = ' https://huggingface.co https://*.huggingface.co https://*.hf.co';

/** Returns the manifest's common part; without ONNX Runtime the extension connects to no host. */
function commonOf(onnx) {
  const { content_security_policy: policy, ...common } = json(path.join(source, 'manifest.json'));
  if (!policy.extension_pages.includes(HUB)) throw new Error(`the policy in manifest.json does not allow${HUB}`);
  const pages = onnx ? policy.extension_pages : policy.extension_pages.replace(HUB, '');
  return { ...common, content_security_policy: { ...policy, extension_pages: pages } };
}

function manifestOf(browser, onnx) {
  const common = commonOf(onnx);
  const { version } = json(path.join(root, 'package.json'));
  return { ...common, version, ...OWN[browser](common) };
}

/** Waits for the typeface, which is on the device: on the site it may come too late to be shown at first. */
const fontAtHand = {
  name: 'signalbox-font-at-hand',
  enforce: 'pre',
  transform: (code, id) =>
    /[\\/]shared[\\/]tokens\.css$/.test(id) ? code.replace('font-display: optional', 'font-display: block') : null,
};

/** Bundles the pages and the background, which share chunks. */
async function buildPages(browser, target, { licenses, define }) {
  const { build } = await import('vite');
  const pages = ['welcome', 'panel', 'settings', 'privacy', ...(browser === 'chromium' ? ['offscreen'] : [])];
  const inputs = pages.map((page) => [page, path.join(source, page, 'index.html')]);
  await build({
    root: source,
    configFile: false,
    base: './',
    logLevel: 'warn',
    publicDir: path.join(source, 'public'),
    define,
    // Sentence transformers run as WebAssembly here; the other runtimes would only enlarge the zip.
    resolve: { alias: { 'onnxruntime-web/webgpu': 'onnxruntime-web/wasm' } },
    worker: { format: 'es', plugins: () => [licenses.plugin()], rolldownOptions: QUIET },
    plugins: [fontAtHand, licenses.plugin()],
    build: {
      outDir: target,
      emptyOutDir: true,
      target: 'es2022',
      cssTarget: CSS_TARGET,
      // The content security policy forbids fetching data: addresses, and an extension has its files at hand.
      assetsInlineLimit: 0,
      modulePreload: false,
      rolldownOptions: {
        ...QUIET,
        input: { ...Object.fromEntries(inputs), background: path.join(source, 'background/main.ts') },
        output: {
          entryFileNames: ({ name }) => (name === 'background' ? 'background.js' : 'assets/[name]-[hash].js'),
        },
      },
    },
  });
}

/** Bundles the content script, which cannot be a module. */
async function buildContent(target, { licenses, define }) {
  const { build } = await import('esbuild');
  const { metafile } = await build({
    metafile: true,
    absWorkingDir: root,
    entryPoints: [path.join(source, 'content/main.ts')],
    outfile: path.join(target, 'content.js'),
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    define,
    logLevel: 'error',
  });
  licenses.add(modulesOf(metafile));
}

/** A fixed date for the files in the zip, the same day in every time zone. */
const DATE = new Date(2000, 0, 1);

async function zip(folder) {
  const { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } = await import('@zip.js/zip.js');
  const options = { level: 9, extendedTimestamp: false, useWebWorkers: false, lastModDate: DATE };
  const writer = new ZipWriter(new Uint8ArrayWriter(), options);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .sort();
  for (const file of files) await writer.add(file, new Uint8ArrayReader(readFileSync(path.join(folder, file))));
  return writer.close();
}

/**
 * Builds for one browser: a folder, and a zip beside it. `languages` is the folder of a table of other languages; with
 * `onnx` the build contains ONNX Runtime.
 */
export async function buildExtension(browser, target, { languages, onnx = false } = {}) {
  const licenses = new Licenses({ hasLanguages: languages !== undefined });
  const define = {
    FIREFOX: String(browser === 'firefox'),
    ONNX: String(onnx),
    LANGUAGES: JSON.stringify(languages === undefined ? null : LANGUAGES),
  };
  await buildPages(browser, target, { licenses, define });
  await buildContent(target, { licenses, define });
  if (languages !== undefined) writeFileSync(path.join(target, LANGUAGES), packEmbedder(languages));
  writeFileSync(path.join(target, LICENSES_FILE), licenses.text());
  writeFileSync(path.join(target, 'manifest.json'), `${JSON.stringify(manifestOf(browser, onnx), null, 2)}\n`);
  writeFileSync(`${target}.zip`, await zip(target));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  setUp('build');
  const hasLanguages = process.argv.includes('--languages');
  const onnx = process.argv.includes('--onnx');
  mkdirSync(path.join(root, 'build/extension'), { recursive: true });
  for (const browser of BROWSERS) {
    const name = `build/extension/${browser}${hasLanguages ? '-languages' : ''}${onnx ? '-onnx' : ''}`;
    await buildExtension(browser, path.join(root, name), { onnx, ...(hasLanguages ? { languages: TABLE } : {}) });
    console.log(`${name}, ${name}.zip`);
  }
}
