// The packages of the real embedders as users get them: packed with the weights, installed beside signalbox, used from a
// script and a shell, and bundled.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { build } from 'vite';
import { MINILM, MPNET, realModel } from '../../onnx/real-models.mjs';
import { root } from '../support/fixtures.mjs';

const INSTALL = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--legacy-peer-deps', '--silent'];
const PROMPT = 'Write a short poem about the sea at night.';
const PACK = path.join(root, 'models/npm/pack.mjs');
const MODELS = [
  { name: 'minilm', model: MINILM, id: 'Xenova/all-MiniLM-L6-v2', dim: 384 },
  { name: 'mpnet', model: MPNET, id: 'Xenova/all-mpnet-base-v2', dim: 768 },
];

let folder;

function run(command, args, cwd = root) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  assert.equal(status, 0, `${command} ${args.join(' ')}:\n${stdout}${stderr}`);
  return stdout;
}

const pack = (...args) => spawnSync(process.execPath, [PACK, ...args], { encoding: 'utf8' });
const tarballIn = (place) =>
  path.join(
    place,
    readdirSync(place).find((name) => name.endsWith('.tgz')),
  );

/** Packs a folder into one of its own, and returns the tarball. */
function packed(source, name) {
  const target = path.join(folder, name);
  mkdirSync(target);
  run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', target], source);
  return tarballIn(target);
}

before(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'signalbox-packages-'));
});
after(() => rmSync(folder, { recursive: true }));

describe('packing an embedder', () => {
  it('needs a name and a folder', () => {
    for (const args of [[], ['minilm'], ['other', 'folder'], ['minilm', 'a', 'b']]) {
      const { status, stderr } = pack(...args);
      assert.equal(status, 1);
      assert.match(stderr, /^usage: node models\/npm\/pack\.mjs minilm\|mpnet FOLDER/);
    }
  });

  it('names a file that is missing', () => {
    const { status, stderr } = pack('minilm', path.join(folder, 'nowhere'));
    assert.equal(status, 1);
    assert.match(stderr, /nowhere\/tokenizer\.json could not be read \(ENOENT\): the package needs the model's files/);
  });

  it('refuses other files than the known ones', () => {
    const other = path.join(folder, 'other');
    mkdirSync(other);
    writeFileSync(path.join(other, 'tokenizer.json'), '{}');
    const { status, stderr } = pack('minilm', other, '--out', path.join(folder, 'not-made'));
    assert.equal(status, 1);
    assert.match(stderr, /tokenizer\.json has the SHA-256 44136fa355b3.*, expected be50c3628f2b/);
    assert.equal(readdirSync(folder).includes('not-made'), false);
  });
});

for (const { name, model, id, dim } of MODELS) {
  const { file } = JSON.parse(readFileSync(path.join(root, 'models', name, 'npm/weights.json'), 'utf8')).settings;
  const real = await realModel(model);
  const skip = real.skip ?? (readable(path.join(real.folder, file)) ? undefined : `skipped: ${model} has no ${file}`);

  describe(`the package signalbox-${name}`, { skip }, () => {
    let app;
    before(() => {
      app = path.join(folder, `app-${name}`);
      mkdirSync(app);
      const source = path.join(folder, `signalbox-${name}`);
      const { status, stderr } = pack(name, real.folder, '--out', source);
      assert.equal(status, 0, stderr);
      const tarballs = [packed(root, `core-${name}`), packed(source, `tarball-${name}`)];
      writeFileSync(path.join(app, 'package.json'), JSON.stringify({ name: 'app', private: true, type: 'module' }));
      run('npm', ['install', ...INSTALL, ...tarballs], app);
      for (const runtime of ['onnxruntime-web', 'onnxruntime-common']) {
        symlinkSync(path.join(root, 'node_modules', runtime), path.join(app, 'node_modules', runtime));
      }
    });

    it('refines the first answer', () => {
      const script = `
        import { RefiningRouter } from 'signalbox';
        import { embedder, index, refine } from 'signalbox-${name}';
        import { WorkerRouter } from 'signalbox/worker';
        const said = [];
        const router = new RefiningRouter(await WorkerRouter.load(), refine({ threads: 1 }));
        for await (const { refined, embedder, model, kinds, tokens } of router.route(${JSON.stringify(PROMPT)})) {
          said.push({ refined, embedder, model, kind: kinds[0]?.name, tokens });
        }
        router.dispose();
        const loaded = await embedder({ threads: 1 });
        const { id, dim, details } = loaded;
        loaded.dispose();
        console.log(JSON.stringify({ said, id, dim, details, index: index().href }));`;
      writeFileSync(path.join(app, 'script.mjs'), script);
      const { said, ...loaded } = JSON.parse(run(process.execPath, ['script.mjs'], app));
      assert.deepEqual(
        said.map(({ refined, embedder }) => [refined, embedder]),
        [
          [false, 'signalbox-static-128-v1'],
          [true, id],
        ],
      );
      for (const { model, kind, tokens } of said) {
        assert.match(model, /\//);
        assert.equal(kind, 'everyday/poem');
        assert.ok(tokens >= 8 && tokens <= 14, `${tokens} tokens`);
      }
      assert.deepEqual([loaded.id, loaded.dim, loaded.details.pooling], [id, dim, 'mean']);
      assert.match(loaded.index, new RegExp(`/node_modules/signalbox-${name}/index\\.sbx$`));
    });

    it('is what the command finds by its name', () => {
      const { model, embedder } = JSON.parse(
        run('npx', ['--no-install', 'signalbox', 'route', PROMPT, '--embedder', name, '--json'], app),
      );
      assert.match(model, /\//);
      assert.equal(embedder, id);
    });

    it('has a valid manifest, and nothing but what it needs', async () => {
      const { messages, pkg } = await publint({
        pkgDir: path.join(app, `node_modules/signalbox-${name}`),
        strict: true,
      });
      assert.deepEqual(
        messages.map((message) => formatMessage(message, pkg)),
        [],
      );
      const files = readdirSync(path.join(app, `node_modules/signalbox-${name}`), { recursive: true });
      const expected = ['LICENSE', 'README.md', 'files.js', 'index.d.ts', 'index.js', 'index.sbx', 'model'];
      const inModel = ['config.json', 'tokenizer.json', 'weights.onnx'].map((part) => path.join('model', part));
      assert.deepEqual(files.sort(), [...expected, ...inModel, 'package.json'].sort());
    });

    it('has declarations that compile in a strict project without skipLibCheck', () => {
      const source = `
        import { RefiningRouter } from 'signalbox';
        import { embedder, index, refine, type PackedOptions } from 'signalbox-${name}';
        import { Router } from 'signalbox';
        const options: PackedOptions = { threads: 1, onProgress: ({ status }) => console.log(status) };
        export const refining = async () => new RefiningRouter(await Router.load(), refine(options));
        export const alone = () => Router.load({ index: index(), embedder: () => embedder(options) });
        // @ts-expect-error: the package chooses the model
        refine({ dtype: 'fp32' });`;
      writeFileSync(path.join(app, 'app.ts'), source);
      const flags = ['--strict', '--noEmit', '--target', 'es2022', '--module', 'nodenext', '--skipLibCheck', 'false'];
      const compiler = path.join(root, 'node_modules/typescript/bin/tsc');
      run(process.execPath, [compiler, ...flags, '--lib', 'es2022,dom', '--types', '', 'app.ts'], app);
    });

    it('is bundled by Vite with its index and its weights', async () => {
      writeFileSync(path.join(app, 'index.html'), '<!doctype html><script type="module" src="/page.js"></script>');
      writeFileSync(path.join(app, 'page.js'), `import { refine } from 'signalbox-${name}';\nrefine();\n`);
      await build({ root: app, configFile: false, logLevel: 'error', build: { assetsInlineLimit: 0 } });
      const assets = readdirSync(path.join(app, 'dist/assets'));
      for (const [pattern, original] of [
        [/^index-.+\.sbx$/, 'index.sbx'],
        [/^weights-.+\.onnx$/, 'model/weights.onnx'],
        [/^tokenizer-.+\.json$/, 'model/tokenizer.json'],
        [/^config-.+\.json$/, 'model/config.json'],
      ]) {
        // The bundle also has the index and the tokenizer of signalbox itself.
        const source = readFileSync(path.join(app, `node_modules/signalbox-${name}`, original));
        const copies = assets.filter((file) => pattern.test(file));
        assert.ok(
          copies.some((file) => source.equals(readFileSync(path.join(app, 'dist/assets', file)))),
          `${original} in ${assets.join(', ')}`,
        );
      }
    });
  });
}

function readable(file) {
  return statSync(file, { throwIfNoEntry: false }) !== undefined;
}
