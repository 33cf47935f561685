// `npm test`: runs the set-up step, then the tests.
//   npm test                      all of them
//   npm test -- core package      some suites: core, sanitize, fuzz, package, cluster
//   npm test -- router site-map   the folders and files of tests with these names
// The fuzzers run for 10 seconds each, with CI=true for 60.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { has, installPackages } from './packages.mjs';
import { configure, root, run, setUp } from './setup.mjs';

const FUZZ_SECONDS = process.env.CI ? 60 : 10;
const CLANG = { ...process.env, CC: 'clang', CXX: 'clang++' };
const toScreen = { stdio: ['ignore', 'inherit', 'inherit'] };

function compile(folder, options, env = process.env) {
  configure(folder, options, { env });
  run('cmake', ['--build', folder], { env });
}

/** Runs the native tests of a build folder, one per core. */
function runCoreTests(folder) {
  run('ctest', ['--test-dir', folder, '--output-on-failure', '-j', String(availableParallelism())], toScreen);
}

function testCore() {
  compile('build/native', ['-DCMAKE_BUILD_TYPE=Release']);
  runCoreTests('build/native');
}

/** Builds the native tests and the fuzzers with the sanitizers. */
function compileSanitized() {
  compile('build/sanitize', ['-DCMAKE_BUILD_TYPE=RelWithDebInfo', '-DSIGNALBOX_SANITIZE=ON'], CLANG);
}

function testSanitized() {
  compileSanitized();
  runCoreTests('build/sanitize');
}

/** Runs each target on its committed corpus, one per core; new inputs stay in build/. */
function fuzz() {
  compileSanitized();
  const corpora = path.join(root, 'tests/fuzz/corpus');
  const targets = readdirSync(corpora).sort();
  for (const target of targets) mkdirSync(path.join(root, 'build/fuzz', target), { recursive: true });
  const limits = [`-max_total_time=${FUZZ_SECONDS}`, '-rss_limit_mb=1024', '-timeout=10', '-print_final_stats=1'];
  const options = [...limits, '-verbosity=0', `-artifact_prefix=${path.join(root, 'build/fuzz/')}`];
  const command = [`build/sanitize/tests/fuzz/{} ${options.join(' ')}`, 'build/fuzz/{}', `${corpora}/{}`].join(' ');
  const input = targets.join('\n');
  // The targets' output is mixed; a finding names its target by the path of its program.
  run('xargs', ['-P', String(availableParallelism()), '-I{}', 'sh', '-c', command], { input, stdio: ['pipe', 1, 2] });
}

/** Folders of the suite `package`, in order: browser tests start first, because they take longest. */
const PACKAGE_FOLDERS = ['tests/web', 'tests/extension', 'tests/integrations', 'tests/package'];

function testFilesBelow(folder) {
  if (!existsSync(path.join(root, folder))) return [];
  const names = readdirSync(path.join(root, folder), { recursive: true }).sort();
  return names.filter((name) => name.endsWith('.test.mjs')).map((name) => path.join(folder, name));
}

const packageTests = () => PACKAGE_FOLDERS.flatMap(testFilesBelow);

/** Returns the test files of a name: a folder (`router`), a file (`site-map`) or a path (`tests/web/site-map.test.mjs`). */
function testsNamed(name) {
  const isNamed = (file) => {
    const parts = file.replace(/\.test\.mjs$/, '').split('/');
    return file === path.normalize(name) || parts.slice(1).includes(name);
  };
  return packageTests().filter(isNamed);
}

/** Browser tests that failed, at most, for which a second run is worth its time. */
const MOST_REPEATED = 3;

/** Files of tests that are listed with their times. */
const SLOWEST = 15;

/** Reads what the reporter of files wrote: those with failures, and the slowest ones as text. */
function resultsIn(file) {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  const results = lines.map((line) => {
    const [word, ...name] = line.split(' ');
    return { word, name: path.relative(root, name.join(' ')) };
  });
  const failed = new Set(results.filter(({ word }) => word === 'failed').map(({ name }) => name));
  const times = results.filter(({ word }) => word !== 'failed').sort((a, b) => b.word - a.word);
  const slowest = times.slice(0, SLOWEST).map(({ word, name }) => `${(word / 1000).toFixed(0).padStart(5)} s  ${name}`);
  return { failed, slowest: slowest.join('\n') };
}

/** Runs test files with Node.js, and lists the slowest; returns the files with failures. */
function failuresOf(files, concurrency) {
  const noted = path.join(root, 'build/file-results.txt');
  const reporters = [
    ...['--test-reporter=spec', '--test-reporter-destination=stdout'],
    ...['--test-reporter=./tests/file-results.mjs', `--test-reporter-destination=${noted}`],
  ];
  const args = ['--test', ...reporters, `--test-concurrency=${concurrency}`, ...files];
  const { status, error } = spawnSync(process.execPath, args, { cwd: root, ...toScreen });
  if (error !== undefined) throw error;
  const { failed, slowest } = resultsIn(noted);
  console.error(`\nthe slowest files:\n${slowest}`);
  if (status === 0) return [];
  const known = files.filter((file) => failed.has(file));
  // A runner that ends without naming a file has failed with all of them.
  return known.length > 0 ? known : files;
}

const drivesBrowser = (file) => /^tests\/(web|extension)\//.test(file);

/**
 * Runs test files; the comparison with native needs the native command. A few files that drive a browser run a second time,
 * alone, because browsers crash and get stuck; that is said aloud. They do so even if other files failed: the log then tells
 * which of them fail now and then.
 */
function runTests(files) {
  compile('build/native', ['-DCMAKE_BUILD_TYPE=Release']);
  // One file per core; Node would leave one core free.
  const failed = failuresOf(files, availableParallelism());
  const inBrowsers = failed.filter(drivesBrowser);
  const repeated = inBrowsers.length <= MOST_REPEATED ? inBrowsers : [];
  let again = [];
  if (repeated.length > 0) {
    console.error(`\n== once more, alone: ${repeated.join(', ')} ==`);
    again = failuresOf(repeated, 1);
  }
  const passed = repeated.filter((file) => !again.includes(file));
  if (passed.length > 0) console.error(`signalbox tests: PASSED ONLY IN A SECOND RUN: ${passed.join(', ')}`);
  const lasting = failed.filter((file) => !passed.includes(file));
  if (lasting.length > 0)
    throw new Error(`failures in ${lasting.join(', ')}${again.length > 0 ? `; twice in ${again.join(', ')}` : ''}`);
}

const testPackage = () => runTests(packageTests());

/** Runs a sharded build on a real Slurm of one node; needs root. */
function testCluster() {
  const isDebianRoot = process.getuid?.() === 0 && has('apt-get');
  if (isDebianRoot) installPackages(['cluster'], (message) => console.error(`signalbox set-up: ${message}`));
  run(process.execPath, ['--test', '--test-reporter=spec', 'tests/cluster/slurm.test.mjs'], toScreen);
}

const SUITES = { core: testCore, sanitize: testSanitized, fuzz, package: testPackage, cluster: testCluster };

try {
  const wanted = process.argv.slice(2);
  const named = wanted.filter((name) => !(name in SUITES));
  const files = named.flatMap((name) => {
    const found = testsNamed(name);
    if (found.length > 0) return found;
    throw new Error(
      `got '${name}', expected a suite (${Object.keys(SUITES).join(', ')}), or a folder or file of tests`,
    );
  });
  setUp('all');
  for (const [name, test] of Object.entries(SUITES)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    console.error(`\n== ${name} ==`);
    test();
  }
  if (files.length > 0) runTests([...new Set(files)]);
} catch (error) {
  console.error(`signalbox tests: ${error.message}`);
  process.exitCode = 1;
}
