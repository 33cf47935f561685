// `npm test`: the set-up step, then every test.
//   npm test                    all of them
//   npm test -- core package    some of: core, sanitize, fuzz, package, cluster
// The fuzzers run for 10 seconds each, with CI=true for 60.
import { mkdirSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { has, installPackages } from './packages.mjs';
import { root, run, setUp } from './setup.mjs';

const FUZZ_SECONDS = process.env.CI ? 60 : 10;
const CLANG = { ...process.env, CC: 'clang', CXX: 'clang++' };
const toScreen = { stdio: ['ignore', 'inherit', 'inherit'] };

function compile(folder, options, env = process.env) {
  run('cmake', ['-S', '.', '-B', folder, '-G', 'Ninja', ...options], { env });
  run('cmake', ['--build', folder], { env });
}

function testCore() {
  compile('build/native', ['-DCMAKE_BUILD_TYPE=Release']);
  run('ctest', ['--test-dir', 'build/native', '--output-on-failure'], toScreen);
}

function testSanitized() {
  compile('build/sanitize', ['-DCMAKE_BUILD_TYPE=RelWithDebInfo', '-DSIGNALBOX_SANITIZE=ON'], CLANG);
  run('ctest', ['--test-dir', 'build/sanitize', '--output-on-failure'], toScreen);
}

/** Each target starts from its committed corpus; what it finds on the way stays in build/. */
function fuzz() {
  compile('build/fuzz', ['-DCMAKE_BUILD_TYPE=RelWithDebInfo', '-DSIGNALBOX_FUZZ=ON'], CLANG);
  const corpora = path.join(root, 'tests/fuzz/corpus');
  for (const target of readdirSync(corpora).sort()) {
    const found = path.join(root, 'build/fuzz/found', target);
    mkdirSync(found, { recursive: true });
    const limits = [`-max_total_time=${FUZZ_SECONDS}`, '-rss_limit_mb=1024', '-timeout=10', '-print_final_stats=1'];
    const artifacts = `-artifact_prefix=${path.join(root, 'build/fuzz/')}`;
    const program = path.join(root, 'build/fuzz/tests/fuzz', target);
    run(program, [...limits, artifacts, '-verbosity=0', found, path.join(corpora, target)], toScreen);
  }
}

/** The comparison with native needs the native command, too. */
function testPackage() {
  compile('build/native', ['-DCMAKE_BUILD_TYPE=Release']);
  // Files, not folders: what a folder means to Node's runner changed with version 22.
  const files = ['tests/package', 'tests/extension', 'tests/web'].flatMap((folder) =>
    readdirSync(path.join(root, folder))
      .filter((name) => name.endsWith('.test.mjs'))
      .map((name) => path.join(folder, name)),
  );
  // Browsers wait as much as they work: a file for each core, where Node would leave one free.
  const atOnce = `--test-concurrency=${availableParallelism()}`;
  run(process.execPath, ['--test', '--test-reporter=spec', atOnce, ...files], toScreen);
}

/** Shards on a real Slurm of one node; needs root. */
function testCluster() {
  const isDebianRoot = process.getuid?.() === 0 && has('apt-get');
  if (isDebianRoot) installPackages(['cluster'], (message) => console.error(`signalbox set-up: ${message}`));
  run(process.execPath, ['--test', '--test-reporter=spec', 'tests/cluster/slurm.test.mjs'], toScreen);
}

const SUITES = { core: testCore, sanitize: testSanitized, fuzz, package: testPackage, cluster: testCluster };

try {
  const wanted = process.argv.slice(2);
  const unknown = wanted.find((name) => !(name in SUITES));
  if (unknown !== undefined) throw new Error(`got '${unknown}', expected some of ${Object.keys(SUITES).join(', ')}`);
  setUp('all');
  for (const [name, test] of Object.entries(SUITES)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    console.error(`\n== ${name} ==`);
    test();
  }
} catch (error) {
  console.error(`signalbox tests: ${error.message}`);
  process.exitCode = 1;
}
