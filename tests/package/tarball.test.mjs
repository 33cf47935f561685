// The package as users get it: packed, installed in an empty folder, used from JavaScript, TypeScript and a shell.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, it } from 'node:test';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { writeModelFolder } from '../onnx/model-folder.mjs';
import { root } from './support/fixtures.mjs';

const INSTALL = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
const PROMPT = 'How many prime numbers lie between 10 and 50?';

/** Every file of the package, by folder: scripts, declarations that an entry reaches, and what each pattern names. */
const EXPECTED = [
  /^(package\.json|README\.md|CHANGELOG\.md|LICENSE|NOTICE)$/,
  /^LICENSES\/(Apache-2\.0|CC-BY-SA-4\.0)\.txt$/,
  /^dist\/[\w-]+(\.d\.ts|\.js)$/,
  /^dist\/signalbox(-lab)?\.wasm$/,
  /^dist\/licenses\.txt$/,
  /^dist\/(building|cli|conversations|embedding|evaluation|files|importing|integrations|onnx|planning|routing|workers)\/([\w-]+\/)?[\w-]+(\.d\.ts|\.js)$/,
  /^dist\/wasm\/(signalbox|signalbox-lab)-(glue|hash)\.(mjs|d\.mts)$/,
  /^dist\/files\/shipped-sizes\.mjs$/,
  /^dist\/wasm\/([\w-]+(\.js|\.d\.ts)|compiled\.d\.mts)$/,
  /^dist\/vendor\/((shared-\w+|[a-z-]+|uPlot\.iife\.min)\.js|uPlot\.min\.css)$/,
  /^dist\/web\/(signalbox|worker)\.js$/,
  /^dist\/slurm\/(build|merge|shard)\.sh$/,
  /^docs\/([\w-]+\.md|(decision|plan)\.schema\.json)$/,
  /^examples\/(README\.md|[\w-]+\/([\w-]+\/)*[\w.-]+)$/,
  /^models\/(FORMAT\.md|(embedder|index)\/README\.md)$/,
  /^dist\/models\/(embedder\/embedder\.bin|index\/index\.sbx)$/,
];

let folder;
let app;
let tarball;

/** Runs a command that must succeed, and returns its output on stdout and stderr. */
function run(command, args, cwd = app) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  assert.equal(status, 0, `${command} ${args.join(' ')}:\n${stdout}${stderr}`);
  return { stdout, stderr };
}

before(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'signalbox-tarball-'));
  app = path.join(folder, 'app');
  mkdirSync(app);
  run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], root);
  tarball = path.join(
    folder,
    readdirSync(folder).find((name) => name.endsWith('.tgz')),
  );
  writeFileSync(path.join(app, 'package.json'), JSON.stringify({ name: 'app', private: true, type: 'module' }));
  run('npm', ['install', ...INSTALL, tarball]);
});
after(() => rmSync(folder, { recursive: true }));

it('routes a prompt from a script, and writes nothing to stderr', () => {
  const script = `
    import { createRequire } from 'node:module';
    import { Router, liveHandles } from 'signalbox';
    const isAllowed = process.features.require_module === true;
    const required = isAllowed ? createRequire(import.meta.url)('signalbox') : { Router };
    const router = await Router.load();
    const { model, ranking, excluded } = await router.route(${JSON.stringify(PROMPT)});
    const models = router.info.models.length;
    router.dispose();
    const isSame = required.Router === Router;
    console.log(JSON.stringify({ model, models, known: ranking.length + excluded.length, open: liveHandles(), isSame }));`;
  writeFileSync(path.join(app, 'script.mjs'), script);
  const { stdout, stderr } = run(process.execPath, ['script.mjs']);
  assert.equal(stderr, '');
  const { model, models, known, open, isSame } = JSON.parse(stdout);
  assert.match(model, /\//);
  assert.ok(models >= 50);
  assert.deepEqual([known, open], [models, 0]);
  assert.ok(isSame, 'require returns another module');
});

it('has the command', () => {
  const { stdout, stderr } = run('npx', ['--no-install', 'signalbox', 'route', PROMPT, '--json']);
  assert.equal(stderr, '');
  assert.match(JSON.parse(stdout).model, /\//);
});

it('has declarations that compile in a strict project without skipLibCheck', () => {
  const source = `
    import { type Decision, Router, type Routing, SignalboxError, type TaskDecision, answerPort } from 'signalbox';
    import { type BuildFromFilesOptions, buildIndex } from 'signalbox/build';
    import { WorkerRouter } from 'signalbox/worker';
    import { OnnxEmbedder, type OnnxLoadOptions } from 'signalbox/onnx';
    import { type CascadeOptions, type LoadOptions, RefiningRouter, type RouteOptions, type RouteTaskOptions } from 'signalbox';
    import wasm from 'signalbox/signalbox.wasm';
    import labWasm from 'signalbox/signalbox-lab.wasm';
    export const refine = (options: OnnxLoadOptions) =>
      WorkerRouter.load({ index: 'a.sbx', embedder: () => OnnxEmbedder.load('./a', { ...options, dtype: 'fp32' }) });
    export async function* refined(prompt: string) {
      using router = new RefiningRouter(await WorkerRouter.load(), refine({ threads: 1, manifest: null }));
      for await (const { model, refined, embedder } of router.route(prompt)) yield { model, refined, embedder };
    }
    export async function pick(prompt: string, signal: AbortSignal): Promise<string> {
      using router = await Router.load({ signal, onProgress: (event) => console.log(event.status) });
      const decision: Decision = await router.route(prompt, { maxUsdPerMTok: 1, candidates: { deny: ['a'] } });
      const task: TaskDecision = await router.routeTask([prompt], { labels: [{ index: 0, outcomes: { a: true } }] });
      return decision.ranking[0]?.model ?? task.model;
    }
    export const anyRouter = (router: Routing) => router.routeMany(['a', [1, 0], new Float32Array(2)]);
    export const shared = (worker: SharedWorker) => WorkerRouter.load({ worker: worker.port }).then(anyRouter);
    export const serve = ({ ports: [port] }: MessageEvent) => port && answerPort(port);
    export const inWorker = (prompt: string) => WorkerRouter.load().then((router) => router.route(prompt));
    export const build = () => buildIndex({ models: ['a'], tasks: ['t'], embeddings: [1, 0], dim: 2, outcomes: [1] });
    export const isNetwork = (error: unknown) => error instanceof SignalboxError && error.code === 'network';
    type Loose<T> = { [Key in keyof T]: T[Key] | undefined };
    export const loose: [LoadOptions, RouteOptions, RouteTaskOptions, CascadeOptions, BuildFromFilesOptions, OnnxLoadOptions] = [
      {} as Loose<LoadOptions>, {} as Loose<RouteOptions>, {} as Loose<RouteTaskOptions>, {} as Loose<CascadeOptions>,
      {} as Loose<BuildFromFilesOptions>, {} as Loose<OnnxLoadOptions>,
    ];
    export const compiled = () => Router.load({ wasm });
    export { labWasm };
    // @ts-expect-error: no such policy
    export const wrong = (router: Router) => router.route('a', { policy: 's4' });`;
  writeFileSync(path.join(app, 'app.ts'), source);
  const options = ['--strict', '--noEmit', '--target', 'es2022', '--module', 'nodenext', '--skipLibCheck', 'false'];
  options.push('--exactOptionalPropertyTypes');
  // Only the target's own libraries: the declarations must bring any others themselves.
  run(process.execPath, [path.join(root, 'node_modules/typescript/bin/tsc'), ...options, '--types', '', 'app.ts']);
});

it('has declarations that compile without the libraries of a page', () => {
  const entries = ['signalbox', 'signalbox/worker', 'signalbox/build', 'signalbox/onnx'];
  writeFileSync(path.join(app, 'script.ts'), entries.map((entry) => `import '${entry}';`).join('\n'));
  const libraries = ['--lib', 'es2022,esnext.disposable', '--typeRoots', path.join(root, 'node_modules/@types')];
  const options = ['--strict', '--noEmit', '--target', 'es2022', '--module', 'nodenext', '--skipLibCheck', 'false'];
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
  run(process.execPath, [tsc, ...options, ...libraries, '--types', 'node', 'script.ts']);
});

it('names the missing packages for an ONNX model', () => {
  writeModelFolder(path.join(app, 'model'), { precisions: ['fp32'] });
  const script = `
    import { OnnxEmbedder } from 'signalbox/onnx';
    const { code, message } = await OnnxEmbedder.load('./model', { dtype: 'fp32' }).catch((error) => error);
    console.log(code, message);`;
  writeFileSync(path.join(app, 'onnx.mjs'), script);
  const { stdout, stderr } = run(process.execPath, ['onnx.mjs']);
  assert.equal(stderr, '');
  assert.match(stdout, /^network onnxruntime-web could not be loaded, is it installed\?/);
});

it('has a valid manifest', async () => {
  const { messages, pkg } = await publint({ pkgDir: path.join(app, 'node_modules/signalbox'), strict: true });
  assert.deepEqual(
    messages.map((message) => formatMessage(message, pkg)),
    [],
  );
});

it('has types for every entry that ES modules import', () => {
  const attw = path.join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js');
  const files = ['./models/*', './licenses.txt'];
  run(process.execPath, [attw, tarball, '--profile', 'esm-only', '--exclude-entrypoints', ...files]);
});

it('is packed without build output on the standard output', () => {
  const { stdout } = run('npm', ['pack', '--dry-run', '--json'], root);
  const [{ name, files, size }] = JSON.parse(stdout);
  assert.equal(name, 'signalbox');
  assert.ok(size <= 5e6, `${size} bytes`);
  const unexpected = files.filter(({ path: file }) => !EXPECTED.some((pattern) => pattern.test(file)));
  assert.deepEqual(unexpected, []);
  for (const pattern of EXPECTED)
    assert.ok(
      files.some(({ path: file }) => pattern.test(file)),
      String(pattern),
    );
  const executable = files.filter(({ path: file, mode }) => !/^dist\/cli\.js$|\.sh$/.test(file) && mode & 0o111);
  assert.deepEqual(executable, []);
});

it('installs with one dependency, in 8 MB', () => {
  const modules = path.join(app, 'node_modules');
  const packages = readdirSync(modules).filter((name) => !name.startsWith('.') && name !== '@huggingface');
  assert.deepEqual([packages, readdirSync(path.join(modules, '@huggingface'))], [['signalbox'], ['tokenizers']]);
  const files = readdirSync(modules, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const bytes = files.reduce((sum, { parentPath, name }) => sum + statSync(path.join(parentPath, name)).size, 0);
  assert.ok(bytes <= 8e6, `${bytes} bytes`);
});

it('has the licences of all libraries that are bundled into it', () => {
  const texts = readFileSync(path.join(app, 'node_modules/signalbox/dist/licenses.txt'), 'utf8');
  const { devDependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const sources = readdirSync(path.join(root, 'bindings/ts/vendor'));
  const libraries = sources.flatMap((name) => {
    const source = readFileSync(path.join(root, 'bindings/ts/vendor', name), 'utf8');
    return [...source.matchAll(/from '((?:@[^/']+\/)?[^/']+)/g)].map(([, library]) => library);
  });
  assert.ok(libraries.length >= 10);
  for (const name of [...libraries, 'uplot', 'hysnappy', '@huggingface/tokenizers', 'Eigen']) {
    assert.match(texts, new RegExp(`^${name}[ ,]`, 'm'));
    assert.ok(name in devDependencies || !libraries.includes(name), `${name} is not a development dependency`);
  }
});

it('contains what it needs, but no tests, no training code and no full table', () => {
  const installed = path.join(app, 'node_modules/signalbox');
  assert.deepEqual(readdirSync(installed).sort(), [
    ...['CHANGELOG.md', 'LICENSE', 'LICENSES', 'NOTICE', 'README.md', 'dist', 'docs', 'examples', 'models'],
    'package.json',
  ]);
  assert.deepEqual(readdirSync(path.join(installed, 'dist/models')).sort(), ['embedder', 'index']);
});

/** Places that documents link to and that only the repository has. */
const ONLY_IN_REPOSITORY =
  /^(CONTRIBUTING\.md|docs\/pictures\/\w+\.png|models\/(?!embedder|index)\w+\/README\.md|src\/README\.md|tests\/fixtures\/.*|web\/.*)$/;

it('has the documents, whose links lead to files that it has, too', () => {
  const installed = path.join(app, 'node_modules/signalbox');
  const documents = readdirSync(installed, { recursive: true }).filter((name) => /\.md$/.test(name));
  assert.ok(documents.includes('README.md') && documents.includes('docs/build.md'));
  for (const name of documents) {
    const text = readFileSync(path.join(installed, name), 'utf8').replace(/```[\s\S]*?```/g, '');
    for (const [, link] of text.matchAll(/\]\(([^)#\s]+)(?:#[^)\s]*)?\)/g)) {
      const target = path.join(path.dirname(name), link);
      if (/^https?:/.test(link) || ONLY_IN_REPOSITORY.test(target)) continue;
      assert.ok(existsSync(path.join(installed, target)), `${name} links to ${link}`);
    }
  }
});
