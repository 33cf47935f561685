// The package in other people's bundles: nothing that they need is dropped, and nothing fails as it is imported.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { dist } from './support/fixtures.mjs';

const WITHOUT_FILES = { bundle: true, platform: 'browser', target: 'es2022', logLevel: 'silent' };
const resolveDir = fileURLToPath(dist);

/** Bundles a script that imports the package's entries by their files. */
async function bundled(contents, options) {
  const { outputFiles } = await build({
    ...WITHOUT_FILES,
    ...options,
    write: false,
    stdin: { contents, resolveDir, sourcefile: 'app.js' },
  });
  return outputFiles[0].text;
}

for (const entry of ['worker-entry', 'build-worker-entry', 'onnx-worker-entry']) {
  it(`a script of one's own that only imports ${entry} keeps it`, async () => {
    const script = await bundled(`import './${entry}.js';`, { format: 'esm', external: ['onnxruntime-web/*'] });
    assert.ok(script.length > 5000, `${script.length} bytes`);
  });
}

it('a page that imports an entry and uses nothing of it has nothing of it', async () => {
  const script = await bundled("import './index.js';", { format: 'esm', minify: true });
  assert.ok(script.length < 100, script);
});

describe('a bundle without an address of its own', () => {
  let folder;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'signalbox-bundle-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const SCRIPT = `
    import { Router } from './index.js';
    import { readFileSync } from 'node:fs';
    const file = (name) => new Uint8Array(readFileSync(${JSON.stringify(resolveDir)} + name));
    const use = async (options) => (await (await Router.load(options)).route('What is two plus two?')).model;
    const failure = ({ name, code, message }) => [name, code, message].join(': ');
    const [index, embedder] = ['models/index/index.sbx', 'models/embedder/embedder.bin'].map(file);
    const all = { wasm: file('signalbox.wasm'), index, embedder };
    (async () => {
      console.log(await use(all).catch(failure));
      for (const name of ['wasm', 'index', 'embedder']) console.log(await use({ ...all, [name]: undefined }).catch(failure));
    })();`;

  for (const format of ['cjs', 'iife']) {
    it(`${format}: routes with every file handed in, and names the option that is missing`, async () => {
      const file = path.join(folder, `${format}.cjs`);
      await build({
        ...WITHOUT_FILES,
        format,
        outfile: file,
        // The script of a page gets its bytes otherwise.
        plugins: [
          {
            name: 'files',
            setup: (of) => of.onResolve({ filter: /^node:fs$/ }, () => ({ path: 'node:fs', external: true })),
          },
        ],
        stdin: { contents: SCRIPT, resolveDir, sourcefile: 'app.js' },
      });
      const { stdout, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8' });
      assert.equal(stderr, '');
      const [routed, ...failures] = stdout.trim().split('\n');
      assert.match(routed, /^[\w.-]+\/[\w.-]+$/);
      assert.equal(failures.length, 3);
      for (const [i, option] of ['wasm', 'index', 'embedder'].entries()) {
        assert.match(failures[i], new RegExp(`^SignalboxError: network: this bundle .*give the option ${option}$`));
      }
    });
  }
});
