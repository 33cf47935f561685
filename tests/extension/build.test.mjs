// The built extension: complete, reproducible, with exactly the permissions that its texts explain.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Uint8ArrayReader, Uint8ArrayWriter, ZipReader } from '@zip.js/zip.js';
import { packEmbedder } from '../../scripts/embedder-file.mjs';
import { BROWSERS, buildExtension } from '../../scripts/extension.mjs';
import { TABLE } from '../../scripts/site.mjs';
import { bundledPackages, filesOf, licensesIn, missingImports, unreachable } from '../web/built-files.mjs';
import { builtExtension } from '../web/built-once.mjs';
import { importExtension } from './import-module.mjs';

const source = fileURLToPath(new URL('../../web/extension', import.meta.url));
const PERMISSIONS = {
  chromium: ['activeTab', 'contextMenus', 'offscreen', 'scripting', 'sidePanel', 'storage'],
  firefox: ['activeTab', 'contextMenus', 'scripting', 'storage'],
};

/** The scripts of the extension, and those of the package's workers. */
const ENTRIES = [
  ...[
    'welcome/main.tsx',
    'panel/main.tsx',
    'settings/main.tsx',
    'offscreen/main.ts',
    'background/main.ts',
    'content/main.ts',
  ].map((file) => `web/extension/${file}`),
  'dist/worker-entry.js',
];

it('without ONNX Runtime it says which build an index needs', async () => {
  const { onnxFor } = await importExtension('onnx.ts', { onnx: false });
  await assert.rejects(onnxFor('owner/name'), /needs the embedder owner\/name, .* use the build with ONNX$/);
});

for (const browser of BROWSERS) {
  describe(`the extension for ${browser}`, () => {
    let scratch;
    let folder;
    let manifest;
    before(async () => {
      scratch = mkdtempSync(path.join(tmpdir(), 'signalbox-extension-'));
      folder = await builtExtension(browser);
      manifest = JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8'));
    });
    after(() => rmSync(scratch, { recursive: true, force: true }));

    it('has every file that its manifest names', () => {
      const { background, icons, options_ui: options, side_panel: side, sidebar_action: sidebar } = manifest;
      const scripts = background.scripts ?? [background.service_worker];
      const panel = side?.default_path ?? sidebar.default_panel;
      for (const file of [...scripts, ...Object.values(icons), options.page, panel, 'content.js']) {
        assert.ok(statSync(path.join(folder, file)).size > 0, file);
      }
    });

    it('has no file that nothing loads, and loads none that is missing', () => {
      assert.deepEqual(unreachable(folder, 'manifest.json'), []);
      assert.deepEqual(missingImports(folder), []);
    });

    it('has the licence of each package in its scripts', async () => {
      const licenses = licensesIn(folder);
      const packages = await bundledPackages(ENTRIES);
      for (const name of ['preact', 'valibot', '@huggingface/tokenizers']) assert.ok(packages.includes(name));
      assert.ok(!packages.includes('onnxruntime-web') && !licenses.has('onnxruntime-web'));
      for (const name of packages)
        assert.match(licenses.get(name) ?? '', /Copyright[\s\S]*(Permission|Redistribution|License)/i, name);
      // These are not in the scripts.
      for (const name of ['@fontsource-variable/archivo', 'Eigen', 'musl', 'The index', 'The table of the embedder'])
        assert.ok(licenses.has(name), name);
      assert.ok(!licenses.has('typescript'));
    });

    it('has a name and a description that both stores accept', () => {
      assert.ok(manifest.name.length <= 45 && manifest.short_name.length <= 12);
      assert.ok(manifest.description.length <= 132, `got ${manifest.description.length} characters`);
      const written = readFileSync(path.join(source, 'store.md'), 'utf8').split('\n');
      for (const text of [manifest.name, manifest.description]) assert.ok(written.includes(text), text);
    });

    it('has the permissions that its texts explain, and none for sites', () => {
      assert.deepEqual(manifest.permissions.toSorted(), PERMISSIONS[browser]);
      assert.equal(manifest.host_permissions, undefined);
      assert.equal(manifest.content_scripts, undefined);
      assert.equal(manifest.web_accessible_resources, undefined);
      assert.equal(manifest.externally_connectable, undefined);
      for (const text of ['privacy/index.html', 'store.md']) {
        const written = readFileSync(path.join(source, text), 'utf8');
        const named = manifest.permissions.filter(
          (name) => !new RegExp(`(<code>|\`)${name}(</code>|\`)`).test(written),
        );
        assert.deepEqual(named, [], `${text} does not say why`);
      }
    });

    it('reads English only, unless it is built with the table of other languages', async () => {
      const other = await builtExtension(browser, { languages: TABLE });
      const isTable = (file) => file.startsWith('languages');
      assert.deepEqual(filesOf(folder).filter(isTable), []);
      assert.deepEqual(filesOf(other).filter(isTable), ['languages.bin']);
      assert.ok(readFileSync(path.join(other, 'languages.bin')).equals(packEmbedder(TABLE)));
      assert.deepEqual(JSON.parse(readFileSync(path.join(other, 'manifest.json'), 'utf8')), manifest);
      const table = 'The table of other languages';
      assert.deepEqual([licensesIn(folder).has(table), licensesIn(other).has(table)], [false, true]);
    });

    it('takes at most 6 MB, unless it is built with ONNX Runtime', async () => {
      const sizeOf = (of) => filesOf(of).reduce((bytes, file) => bytes + statSync(path.join(of, file)).size, 0);
      assert.ok(sizeOf(folder) <= 6e6, `${sizeOf(folder)} bytes`);
      assert.deepEqual(
        filesOf(folder).filter((file) => /ort-|onnx|lab/.test(file)),
        [],
      );
      assert.match(manifest.content_security_policy.extension_pages, / connect-src 'self';/);
      const other = await builtExtension(browser, { onnx: true });
      const { content_security_policy: policy } = JSON.parse(readFileSync(path.join(other, 'manifest.json'), 'utf8'));
      assert.match(policy.extension_pages, / connect-src 'self' https:\/\/huggingface\.co /);
      assert.ok(filesOf(other).some((file) => /ort-wasm.*\.wasm$/.test(file)));
      assert.deepEqual([unreachable(other, 'manifest.json'), missingImports(other)], [[], []]);
      const packages = await bundledPackages([...ENTRIES, 'dist/onnx-worker-entry.js'], {}, { onnx: true });
      const licenses = licensesIn(other);
      for (const name of ['onnxruntime-web', '@bufbuild/protobuf']) assert.ok(packages.includes(name), name);
      for (const name of packages) assert.match(licenses.get(name) ?? '', /Copyright/i, name);
    });

    it('has a strict policy, and only its own code', () => {
      const policy = manifest.content_security_policy.extension_pages;
      assert.match(policy, /default-src 'none'; script-src 'self' 'wasm-unsafe-eval';/);
      assert.doesNotMatch(policy, /unsafe-inline|'unsafe-eval'|\*[ ;]|http:/);
      for (const file of filesOf(folder).filter((name) => name.endsWith('.html'))) {
        const page = readFileSync(path.join(folder, file), 'utf8');
        assert.doesNotMatch(page, /<script(?![^>]* src="(\.\.?|)\/)[^>]*>|<[^>]* (on\w+|style)=|https?:\/\//, file);
      }
    });

    it('has a small content script without imports', async () => {
      const script = readFileSync(path.join(folder, 'content.js'), 'utf8');
      assert.doesNotMatch(script, /\bimport\b|innerHTML|insertAdjacentHTML|document\.write|\beval\(/);
      const { CHATS } = await importExtension('chats/index.ts');
      const known = ['http://www.w3.org', ...CHATS.flatMap(({ homes }) => homes)];
      const others = (script.match(/https?:\/\/[^/"'`\s]*/g) ?? []).filter((address) => !known.includes(address));
      assert.deepEqual(others, []);
      assert.ok(script.length < 40_000, `got ${script.length} characters`);
    });

    it('is a reproducible zip of the folder', async () => {
      const bytes = readFileSync(`${folder}.zip`);
      const reader = new ZipReader(new Uint8ArrayReader(bytes));
      const entries = await reader.getEntries();
      assert.deepEqual(entries.map(({ filename }) => filename).sort(), filesOf(folder));
      for (const entry of entries) {
        const unpacked = await entry.getData(new Uint8ArrayWriter());
        assert.ok(readFileSync(path.join(folder, entry.filename)).equals(unpacked), entry.filename);
      }
      await reader.close();
      const again = path.join(scratch, 'again');
      await buildExtension(browser, again);
      assert.ok(readFileSync(`${again}.zip`).equals(bytes));
    });
  });
}
