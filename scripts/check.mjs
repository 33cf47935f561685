// `npm run check`: formatting, lint, types, the direction of dependencies, doc comments, and the language. `npm run format` applies formatting and lint fixes.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { violations } from './directions.mjs';
import { checkLanguage } from './language.mjs';
import { configure, root, run, setUp } from './setup.mjs';

const WRITE = process.argv.includes('--write');

/** Returns the files that git tracks or would track. */
function filesOf(...patterns) {
  const { stdout } = spawnSync('git', ['ls-files', '-co', '--exclude-standard', '--', ...patterns], { cwd: root });
  return stdout.toString().split('\n').filter(Boolean);
}

function checkDirections() {
  const broken = violations(filesOf, (file) => readFileSync(path.join(root, file), 'utf8'));
  if (broken.length > 0) throw new Error(`the direction of dependencies is broken:\n${broken.join('\n')}`);
}

async function checkComments() {
  // Needs the installed compiler.
  const { commentFaults } = await import('./public-names.mjs');
  const faults = commentFaults();
  if (faults.length > 0) throw new Error(`public names lack comments or examples:\n${faults.join('\n')}`);
}

function tidy() {
  configure('build/native', ['-DCMAKE_BUILD_TYPE=Release']);
  const sources = filesOf('src/*.cpp', 'bindings/*.cpp').filter((file) => !/^bindings\/(embind|wasm)/.test(file));
  // A few files at a time on every core.
  const tidyFew = ['clang-tidy', '-p', 'build/native', '--quiet', '--warnings-as-errors=*'];
  const options = { input: sources.join('\n'), stdio: ['pipe', 2, 2] };
  run('xargs', ['-P', String(availableParallelism()), '-n', '4', ...tidyFew], options);
}

async function check() {
  setUp('all');
  const cxx = filesOf('*.cpp', '*.h');
  run('clang-format', WRITE ? ['-i', ...cxx] : ['--dry-run', '-Werror', ...cxx]);
  run('npx', ['biome', 'check', ...(WRITE ? ['--write'] : ['--error-on-warnings'])]);
  if (WRITE) return;
  run('npx', ['tsc', '-p', '.', '--noEmit']);
  run('npx', ['tsc', '-p', 'web']);
  run('npx', ['tsc', '-p', 'web/extension']);
  checkDirections();
  await checkComments();
  checkLanguage(root, filesOf('*'));
  tidy();
  console.error('signalbox check: clean');
}

try {
  await check();
} catch (error) {
  console.error(`signalbox check: ${error.message}`);
  process.exitCode = 1;
}
